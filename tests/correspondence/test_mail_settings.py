"""Where mail goes: a file on a machine for trying, the official server in production."""

import os
import subprocess
import sys

import pytest

from tests.test_settings import ROOT, run_in_production

SHOW = """
import django; django.setup()
from django.conf import settings as s
print(s.EMAIL_BACKEND.split('.')[-2], s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS, s.DEFAULT_FROM_EMAIL, s.REPLY_TO)
"""
MODULE = {"DJANGO_SETTINGS_MODULE": "cilegon_kip.settings"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "smtp localhost 25 False KIP Cilegon <tidak-dibalas@kip.example.go.id> []"),
        (
            {
                "EMAIL_URL": "submission://user:sandi@mail.example.go.id:587",
                "DEFAULT_FROM_EMAIL": "PPID <ppid@example.go.id>",
                "REPLY_TO": "ppid@example.go.id",
            },
            "smtp mail.example.go.id 587 True PPID <ppid@example.go.id> ['ppid@example.go.id']",
        ),
    ],
)
def test_production_sends_by_the_server_that_is_set(more, expected):
    result = run_in_production("-c", SHOW, **MODULE, **more)
    assert result.stdout.strip() == expected, result.stderr


@pytest.mark.parametrize("address", ["smtp+tls://mail.example.go.id:587", "mail.example.go.id", "http://x"])
def test_production_refuses_an_address_of_no_mail_server(address):
    result = run_in_production("-c", "import cilegon_kip.wsgi", EMAIL_URL=address)
    assert result.returncode != 0
    assert "EMAIL_URL" in result.stderr.splitlines()[-1]


def test_private_address_of_a_provider_is_told_by_the_deploy_check():
    result = run_in_production("manage.py", "check", "--deploy", DEFAULT_FROM_EMAIL="PPID <ppid.cilegon@gmail.com>")
    assert "correspondence.W002" in result.stderr


def test_machine_for_trying_writes_mails_to_files(tmp_path):
    send = (
        "import django; django.setup(); from django.core.mail import send_mail as s; s('Uji', 'Isi', None, ['a@b.id'])"
    )
    environment = {**os.environ, **MODULE, "KIP_LOCAL": "1", "KIP_VAR_DIR": str(tmp_path)}
    environment.pop("EMAIL_URL", None)
    result = subprocess.run([sys.executable, "-c", send], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    (written,) = (tmp_path / "mail").iterdir()
    assert "Subject: Uji" in written.read_text()
