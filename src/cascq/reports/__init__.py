"""What is told of findings, and to whom: reports, formats, baselines, changes."""
