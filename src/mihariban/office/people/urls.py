"""Addresses of people and roles."""

from __future__ import annotations

from django.urls import path

from mihariban.office.people import accounts, deputy_views, history_views, registers, views

app_name = "people"
urlpatterns = [
    path("", registers.People.as_view(), name="list"),
    path("new/", views.new_person, name="new"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/designate/", views.designate_person, name="designate"),
    path("<int:pk>/appoint/", views.appoint_person, name="appoint"),
    path("<int:pk>/account/", accounts.create, name="account"),
    path("<int:pk>/account/link/", accounts.link, name="account-link"),
    path("<int:pk>/account/<str:what>/", accounts.change, name="account-change"),
    path("designations/", registers.Designations.as_view(), name="designations"),
    path("<str:kind>/<int:pk>/end/", history_views.end, name="end"),
    path("<str:kind>/<int:pk>/correct/", history_views.correct, name="correct"),
    path("posts/", registers.Posts.as_view(), name="posts"),
    path("posts/new/", views.new_post, name="post-new"),
    path("posts/<int:pk>/", views.change_post, name="post"),
    path("deputy/", deputy_views.deputies, name="deputy"),
    path("deputy/activate/", deputy_views.activate, name="activate"),
    path("deputy/list/", registers.Activations.as_view(), name="activations"),
    path("deputy/<int:pk>/stop/", deputy_views.stop, name="stop"),
    path("on/", history_views.on, name="on"),
]
