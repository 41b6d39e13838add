"""The SHACL engines that benchmarks/validation.py compares, and how each is run."""
