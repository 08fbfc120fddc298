from django.urls import path

from realtime import views

app_name = "realtime"

urlpatterns = [
    path("salons/", views.salons, name="salons"),
    path("salons/<int:pk>/", views.salon, name="salon"),
    path("salons/<int:pk>/dire/", views.dire, name="dire"),
    path("salons/<int:pk>/messages/", views.messages, name="messages"),
]
