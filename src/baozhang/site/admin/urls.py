"""The addresses of the three administrators; some stand in the place of a resource's plain form."""

from django.urls import URLPattern, path

from .views import appointments, audit, operation, passwords, security

urlpatterns: list[URLPattern] = [
    path("admin/accounts/add/", passwords.open_account),
    path("admin/passwords/", passwords.hand_out, name="admin-passwords"),
    path("organs/appointments/add/", appointments.appoint),
    path("organs/appointments/<int:pk>/edit/", appointments.end),
    path("admin/jobs/", operation.machinery, name="admin-jobs"),
    path("admin/keys/", operation.keys, name="admin-keys"),
    path("admin/keys/<int:pk>/", operation.key, name="admin-key"),
    path("admin/rights/", security.matrix, name="admin-rights"),
    path("admin/rights/suspend/", security.suspend, name="admin-suspend"),
    path("admin/signins/", security.sign_ins, name="admin-signins"),
    path("admin/policy/", security.policy, name="admin-policy"),
    path("admin/ledger/", audit.entries, name="admin-ledger"),
    path("admin/ledger/<int:key>/", audit.proof, name="admin-proof"),
    path("admin/ledger/<int:key>/proof.json", audit.proof_file, name="admin-proof-file"),
    path("admin/seals/", audit.sealed, name="admin-seals"),
    path("admin/verify/", audit.verify, name="admin-verify"),
]
