"""The invented world that benchmarks/generate.py writes: names, documents, passages, mistakes."""
