"""What `benchmarks/site.py` measures, in one module for each kind of part."""
