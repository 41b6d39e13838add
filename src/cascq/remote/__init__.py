"""Triple stores: reading from them and loading into them."""
