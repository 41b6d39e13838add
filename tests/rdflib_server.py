"""Serve an rdflib data set by the SPARQL 1.1 Protocol: `rdflib_server.py PORT [FILE.nq]`. No Graph Store Protocol."""

from __future__ import annotations

import sys

import uvicorn
from rdflib import Dataset
from rdflib.plugins import sparql
from rdflib_endpoint import SparqlEndpoint

sparql.SPARQL_LOAD_GRAPHS = False  # FROM means a graph that is here, not one to be fetched from the web
dataset = Dataset()
for path in sys.argv[2:]:
    dataset.parse(path, format="nquads")
app = SparqlEndpoint(graph=dataset, path="/sparql", enable_update=True, cors_enabled=False)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
