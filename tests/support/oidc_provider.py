"""A city's single sign-on for the tests: OpenID Connect over TLS in a process of its own, strict where a real one is.

Authorization code with PKCE (S256), client secret, exact redirect address, codes that work once, RS256. Run as a program:
``python oidc_provider.py PORT CERTIFICATE KEY PEOPLE.json``; what it was asked stands, a line each, on its output.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

CLIENT, SECRET = "mihariban", "見本の秘密-1234"


async def _form(request: Any) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def application(issuer: str, people: dict[str, dict[str, Any]]) -> Any:
    """The provider as an ASGI application. ``people``: claims by the name one logs in with; ``_issuer`` and ``_sub`` of somebody
    make tokens that lie."""
    import jwt
    from cryptography.hazmat.primitives.asymmetric import rsa
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
    from starlette.routing import Route

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    codes: dict[str, dict[str, str]] = {}
    tokens: dict[str, str] = {}

    async def discovery(_: Request) -> Response:
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def jwks(_: Request) -> Response:
        one = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
        return JSONResponse({"keys": [{**one, "kid": "1", "alg": "RS256", "use": "sig"}]})

    async def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        wanted = {"client_id": CLIENT, "response_type": "code", "code_challenge_method": "S256"}
        if any(asked.get(name) != value for name, value in wanted.items()) or not asked.get("code_challenge"):
            return Response("bad request", status_code=400)
        if request.method == "GET":
            print(json.dumps({"prompt": asked.get("prompt"), "scope": asked.get("scope")}), flush=True)
            form = '<form method="post"><label>市の職員番号 <input name="name"></label><button>入る</button>'
            return HTMLResponse(
                f'<!doctype html><html lang="ja"><title>市の認証</title>{form}<button name="no" value="1">やめる</button></form>'
            )
        typed = await _form(request)
        back = {"state": asked.get("state", "")}
        if typed.get("no"):
            back["error"] = "access_denied"
        else:
            code = back["code"] = secrets.token_urlsafe(16)
            codes[code] = {**asked, "name": typed["name"]}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", status_code=302)

    async def token(request: Request) -> Response:
        typed = await _form(request)
        code = codes.pop(str(typed.get("code")), None)
        verifier = str(typed.get("code_verifier", ""))
        proof = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if (typed.get("client_id"), typed.get("client_secret")) != (CLIENT, SECRET):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        if code is None or proof != code["code_challenge"] or typed.get("redirect_uri") != code["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        claims, now = people[code["name"]], int(time.time())
        said = {
            "iss": claims.get("_issuer", issuer), "sub": claims["sub"], "aud": CLIENT, "iat": now, "exp": now + 300,
        }  # fmt: skip
        access = secrets.token_urlsafe(16)
        tokens[access] = code["name"]
        signed = jwt.encode(said, key, algorithm="RS256", headers={"kid": "1"})
        return JSONResponse({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": signed})

    async def userinfo(request: Request) -> Response:
        name = tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if name is None:
            return JSONResponse({"error": "invalid_token"}, status_code=401)
        claims = {key: value for key, value in people[name].items() if not key.startswith("_")}
        return JSONResponse({**claims, "sub": people[name].get("_sub", claims["sub"])})

    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", discovery),
            Route("/jwks", jwks),
            Route("/authorize", authorize, methods=["GET", "POST"]),
            Route("/token", token, methods=["POST"]),
            Route("/userinfo", userinfo),
        ]
    )


@dataclass
class Provider:
    """Where it answers. ``asked``: what the authorization page was called with."""

    issuer: str
    ca: Path
    output: Path
    process: subprocess.Popen[bytes]

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.read_text().splitlines()]

    def stop(self) -> None:
        """It is away."""
        self.process.terminate()
        self.process.wait(20)


@contextmanager
def provider(folder: Path, people: dict[str, dict[str, Any]]) -> Iterator[Provider]:
    """The provider's process, with a certificate of a CA of its own."""
    from mihariban.base.clock import SystemClock
    from mihariban.recorder.api.tls import issue, make_ca

    wall = SystemClock().wall()
    files = issue(make_ca(folder, name="city", wall=wall), folder, name="idp", role="web", wall=wall, hosts=["localhost"])  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    told = folder / "people.json"
    told.write_text(json.dumps(people))
    output = folder / "asked"
    with output.open("wb") as out, (folder / "log").open("wb") as log:
        command = [sys.executable, __file__, str(port), str(files.certificate), str(files.key), str(told)]
        process = subprocess.Popen(command, stdout=out, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    made = Provider(f"https://localhost:{port}", folder / "ca.pem", output, process)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.05)  # another process tells nobody when it listens
        yield made
    finally:
        made.stop()


def main() -> None:
    """Serve until told to end."""
    import uvicorn

    port, certificate, key, people = sys.argv[1:]
    made = application(f"https://localhost:{port}", json.loads(Path(people).read_text()))
    uvicorn.run(made, host="127.0.0.1", port=int(port), ssl_certfile=certificate, ssl_keyfile=key, log_level="warning")


if __name__ == "__main__":
    main()
