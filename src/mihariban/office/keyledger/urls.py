"""Addresses of the key ledger."""

from __future__ import annotations

from django.urls import path

from mihariban.office.keyledger import key_views, registers, views

app_name = "keyledger"
urlpatterns = [
    path("", views.board, name="board"),
    path("uses/", registers.KeyUses.as_view(), name="uses"),
    path("counts/", registers.KeyCounts.as_view(), name="counts"),
    path("corrections/", registers.KeyCorrections.as_view(), name="corrections"),
    path("openings/", registers.Openings.as_view(), name="openings"),
    path("openings/<int:opening>/", views.Explain.as_view(), name="explain"),
    path("count/", views.Count.as_view(), name="count"),
    path("limit/", views.Limit.as_view(), name="limit"),
    path("uses/<int:pk>/", views.use, name="use"),
    path("uses/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("uses/<int:use>/back/", views.BringBack.as_view(), name="bring_back"),
    path("uses/<int:use>/correct/<slug:field>/", views.Correct.as_view(), name="correct"),
    path("new/", key_views.New.as_view(), name="new"),
    path("<int:key>/take/", views.Take.as_view(), name="take"),
    path("<int:key>/change/", key_views.Change.as_view(), name="change"),
    path("<int:key>/retire/", key_views.Retire.as_view(), name="retire"),
]
