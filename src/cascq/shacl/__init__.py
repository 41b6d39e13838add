"""The SHACL side: shapes, engines, results, and the tests of the shapes themselves."""
