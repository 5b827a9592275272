"""The routes, one router each; the order is that of the table."""

from fastapi import APIRouter

from api.routes import (
    pages_doubles,
    pages_edit,
    pages_fields,
    pages_files,
    pages_forms,
    pages_links,
    pages_lists,
    pages_network,
    pages_proposals,
    pages_records,
    pages_repairs,
    pages_returns,
    pages_rounds,
    pages_tables,
    pages_upload,
    v1_analyses,
    v1_docs,
    v1_doubles,
    v1_edits,
    v1_fields,
    v1_forms,
    v1_imports,
    v1_links,
    v1_lists,
    v1_networks,
    v1_proposals,
    v1_repairs,
    v1_returns,
    v1_rounds,
)

ROUTERS: tuple[APIRouter, ...] = (
    v1_docs.router, v1_networks.router, v1_imports.router, v1_analyses.router, v1_proposals.router,
    v1_fields.router, v1_doubles.router, v1_lists.router,
    v1_edits.router, v1_returns.router, v1_links.router, v1_rounds.router, v1_repairs.router,
    pages_network.router, pages_fields.router, pages_edit.router, pages_returns.router,
    pages_doubles.router, pages_lists.router,
    pages_links.router, pages_repairs.router, pages_files.router, pages_rounds.router, pages_tables.router,
    pages_records.router,
    pages_upload.router, pages_proposals.router, v1_forms.router, pages_forms.router,
)  # fmt: skip
