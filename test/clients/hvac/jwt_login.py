"""Logging in with an access token of an OpenID Connect provider, through hvac.

ISSUER is the provider's address, ALICE an access token of hers for the audience "coffer", OTHER_AUDIENCE and
EXPIRED access tokens that must not be accepted, ALICE_ID her `voperson_id`.
"""

import os
import unittest

import hvac
from hvac.exceptions import InvalidPath, InvalidRequest


class JwtLogin(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = hvac.Client()
        cls.root.sys.enable_auth_method("jwt")
        cls.root.auth.jwt.configure(oidc_discovery_url=os.environ["ISSUER"], default_role="people")
        cls.root.auth.jwt.create_role(
            name="people",
            role_type="jwt",
            user_claim="voperson_id",
            allowed_redirect_uris=[],
            bound_audiences=["coffer"],
            claim_mappings={"email": "email"},
            token_policies=["people"],
            token_ttl=3600,
        )

    @classmethod
    def tearDownClass(cls):
        cls.root.sys.disable_auth_method("jwt")

    def test_a_login_answers_a_token_and_the_client_uses_it(self):
        client = hvac.Client(token="")
        auth = client.auth.jwt.jwt_login(role="people", jwt=os.environ["ALICE"])["auth"]
        self.assertEqual(client.token, auth["client_token"])
        self.assertEqual(auth["policies"], ["default", "people"])
        self.assertEqual(auth["metadata"]["role"], "people")
        self.assertEqual(auth["lease_duration"], 3600)
        self.assertTrue(auth["renewable"])
        self.assertTrue(auth["entity_id"])

        data = client.auth.token.lookup_self()["data"]
        self.assertEqual(data["display_name"], "jwt-" + os.environ["ALICE_ID"])
        self.assertEqual(data["path"], "auth/jwt/login")
        self.assertEqual(data["entity_id"], auth["entity_id"])
        self.assertTrue(data["orphan"])

    def test_an_empty_role_is_the_default_role(self):
        auth = hvac.Client(token="").auth.jwt.jwt_login(role="", jwt=os.environ["ALICE"])["auth"]
        self.assertEqual(auth["metadata"]["role"], "people")

    def test_a_login_can_leave_the_token_of_the_client_alone(self):
        client = hvac.Client()
        before = client.token
        client.auth.jwt.jwt_login(role="people", jwt=os.environ["ALICE"], use_token=False)
        self.assertEqual(client.token, before)

    def test_the_same_person_is_the_same_entity_every_time(self):
        entities = {
            hvac.Client().auth.jwt.jwt_login(role="", jwt=os.environ["ALICE"])["auth"]["entity_id"] for _ in range(2)
        }
        self.assertEqual(len(entities), 1)

    def test_the_login_token_renews_and_revokes_itself(self):
        client = hvac.Client(token="")
        client.auth.jwt.jwt_login(role="people", jwt=os.environ["ALICE"])
        self.assertEqual(client.auth.token.renew_self(increment="2h")["auth"]["lease_duration"], 7200)
        client.auth.token.revoke_self()
        self.assertFalse(client.is_authenticated())

    def refused(self, jwt, role="people"):
        with self.assertRaises(InvalidRequest) as caught:
            hvac.Client(token="").auth.jwt.jwt_login(role=role, jwt=jwt)
        return caught.exception.errors[0]

    def test_a_token_for_another_audience_is_refused(self):
        self.assertIn("invalid audience (aud) claim", self.refused(os.environ["OTHER_AUDIENCE"]))

    def test_an_expired_token_is_refused(self):
        self.assertIn("token is expired", self.refused(os.environ["EXPIRED"]))

    def test_a_token_with_a_changed_claim_is_refused(self):
        head, payload, signature = os.environ["ALICE"].split(".")
        changed = ("A" if payload[20] != "A" else "B").join((payload[:20], payload[21:]))
        self.assertIn("error validating token", self.refused(".".join((head, changed, signature))))

    def test_an_unknown_role_is_refused(self):
        self.assertIn('role "missing" could not be found', self.refused(os.environ["ALICE"], role="missing"))

    def test_the_configuration_reads_back(self):
        data = self.root.auth.jwt.read_config()["data"]
        self.assertEqual(data["oidc_discovery_url"], os.environ["ISSUER"])
        self.assertEqual(data["default_role"], "people")

    def test_a_role_is_written_read_listed_and_deleted(self):
        jwt = self.root.auth.jwt
        jwt.create_role("robots", user_claim="sub", allowed_redirect_uris=[], bound_claims={"kind": "robot"})
        role = jwt.read_role("robots")["data"]
        self.assertEqual(role["user_claim"], "sub")
        self.assertEqual(role["bound_claims"], {"kind": "robot"})
        self.assertEqual(jwt.list_roles()["data"]["keys"], ["people", "robots"])
        jwt.delete_role("robots")
        with self.assertRaises(InvalidPath):
            jwt.read_role("robots")
