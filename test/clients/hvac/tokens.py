"""Tokens through hvac: creating, looking up, renewing, revoking, and roles."""

import unittest

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest


def is_alive(token):
    return hvac.Client(token=token).is_authenticated()


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = hvac.Client()
        cls.tokens = cls.client.auth.token

    def create(self, **options):
        return self.tokens.create(**{"policies": ["default"], "ttl": "1h", **options})["auth"]

    def as_holder(self, auth):
        return hvac.Client(token=auth["client_token"]).auth.token

    def test_a_new_token_has_what_was_asked_for(self):
        auth = self.create(
            policies=["b", "A"], meta={"job": "42"}, display_name="My job!", num_uses=5, renewable=False
        )
        self.assertEqual(auth["policies"], ["a", "b", "default"])
        self.assertEqual(auth["metadata"], {"job": "42"})
        self.assertEqual(auth["lease_duration"], 3600)
        self.assertEqual(auth["num_uses"], 5)
        self.assertFalse(auth["renewable"])
        self.assertFalse(auth["orphan"])

        data = self.tokens.lookup(auth["client_token"])["data"]
        self.assertEqual(data["display_name"], "token-My-job")
        self.assertEqual(data["meta"], {"job": "42"})
        self.assertEqual(data["path"], "auth/token/create")
        self.assertEqual(data["creation_ttl"], 3600)
        self.assertEqual(data["explicit_max_ttl"], 0)
        self.assertEqual(data["type"], "service")
        self.assertTrue(3590 <= data["ttl"] <= 3600)

    def test_the_default_policy_can_be_left_out(self):
        self.assertEqual(self.create(policies=["a"], no_default_policy=True)["policies"], ["a"])

    def test_an_id_can_be_chosen_once(self):
        auth = self.create(id="00000000-0000-0000-0000-000000000042")
        self.assertEqual(auth["client_token"], "00000000-0000-0000-0000-000000000042")
        with self.assertRaises(InvalidRequest):
            self.create(id="00000000-0000-0000-0000-000000000042")
        self.tokens.revoke("00000000-0000-0000-0000-000000000042")

    def test_an_orphan_has_no_parent(self):
        self.assertTrue(self.tokens.create_orphan(policies=["default"])["auth"]["orphan"])
        self.assertTrue(self.create(no_parent=True)["orphan"])

    def test_a_token_may_look_itself_up_and_not_others(self):
        auth = self.create()
        data = self.as_holder(auth).lookup_self()["data"]
        self.assertEqual(data["id"], auth["client_token"])
        self.assertEqual(data["accessor"], auth["accessor"])
        with self.assertRaises(Forbidden):
            self.as_holder(auth).lookup(self.client.token)

    def test_the_root_token_does_not_expire(self):
        data = self.tokens.lookup_self()["data"]
        self.assertEqual(data["policies"], ["root"])
        self.assertEqual(data["ttl"], 0)
        self.assertIsNone(data["expire_time"])

    def test_an_accessor_shows_everything_but_the_token(self):
        auth = self.create()
        data = self.tokens.lookup_accessor(auth["accessor"])["data"]
        self.assertEqual(data["accessor"], auth["accessor"])
        self.assertEqual(data["id"], "")
        self.assertIn(auth["accessor"], self.tokens.list_accessors()["data"]["keys"])

    def test_unknown_tokens_and_accessors_are_refused(self):
        with self.assertRaises(Forbidden) as caught:
            self.tokens.lookup("hvs.unknown")
        self.assertEqual(caught.exception.errors, ["bad token"])
        with self.assertRaises(InvalidRequest) as caught:
            self.tokens.renew("hvs.unknown")
        self.assertEqual(caught.exception.errors, ["token not found"])
        with self.assertRaisesRegex(InvalidRequest, "invalid accessor"):
            self.tokens.lookup_accessor("unknown")

    def test_a_token_is_renewed_by_itself_by_another_and_by_its_accessor(self):
        auth = self.create(ttl="10m")
        token, accessor = auth["client_token"], auth["accessor"]
        renewals = (
            lambda: self.as_holder(auth).renew_self(increment="20m"),
            lambda: self.tokens.renew(token, increment="20m"),
            lambda: self.tokens.renew_accessor(accessor, increment="20m"),
        )
        for renew in renewals:
            renewed = renew()["auth"]
            self.assertEqual(renewed["lease_duration"], 1200)
            self.assertEqual(renewed["policies"], ["default"])
        self.assertEqual(renewed["client_token"], "")

    def test_a_renewal_stays_below_the_explicit_maximum(self):
        auth = self.create(ttl="10m", explicit_max_ttl="15m")
        renewed = self.as_holder(auth).renew_self(increment="1h")
        self.assertTrue(890 <= renewed["auth"]["lease_duration"] <= 900)
        self.assertTrue(renewed["warnings"])

    def test_a_periodic_token_always_renews_to_its_period(self):
        auth = self.create(period="30m")
        self.assertEqual(auth["lease_duration"], 1800)
        self.assertEqual(self.as_holder(auth).renew_self(increment="2h")["auth"]["lease_duration"], 1800)
        self.assertEqual(self.as_holder(auth).lookup_self()["data"]["period"], 1800)

    def test_a_token_that_is_not_renewable_is_not_renewed(self):
        auth = self.create(renewable=False)
        with self.assertRaises(InvalidRequest) as caught:
            self.as_holder(auth).renew_self()
        self.assertEqual(caught.exception.errors, ["lease is not renewable"])

    def test_every_call_counts_as_a_use(self):
        holder = self.as_holder(self.create(num_uses=2))
        self.assertEqual(holder.lookup_self()["data"]["num_uses"], 1)
        holder.lookup_self()
        with self.assertRaises(Forbidden) as caught:
            holder.lookup_self()
        self.assertEqual(caught.exception.errors, ["permission denied"])

    def test_a_batch_token_has_no_accessor_and_is_not_renewed(self):
        auth = self.create(type="batch", renewable=False)
        self.assertEqual(auth["accessor"], "")
        self.assertEqual(auth["token_type"], "batch")
        self.assertTrue(is_alive(auth["client_token"]))
        with self.assertRaises(InvalidRequest):
            self.as_holder(auth).renew_self()

    def test_a_revoked_token_ends_with_its_children(self):
        parent = self.create(policies=["root"])
        child = self.as_holder(parent).create(policies=["default"])["auth"]
        orphan = self.as_holder(parent).create_orphan(policies=["default"])["auth"]
        self.tokens.revoke(parent["client_token"])
        self.assertFalse(is_alive(parent["client_token"]))
        self.assertFalse(is_alive(child["client_token"]))
        self.assertTrue(is_alive(orphan["client_token"]))

    def test_children_can_outlive_their_parent_as_orphans(self):
        parent = self.create(policies=["root"])
        child = self.as_holder(parent).create(policies=["default"])["auth"]
        self.tokens.revoke_and_orphan_children(parent["client_token"])
        self.assertFalse(is_alive(parent["client_token"]))
        self.assertTrue(self.as_holder(child).lookup_self()["data"]["orphan"])

    def test_a_token_is_revoked_by_itself_and_by_its_accessor(self):
        auth = self.create()
        self.assertEqual(self.as_holder(auth).revoke_self().status_code, 204)
        self.assertFalse(is_alive(auth["client_token"]))

        auth = self.create()
        self.assertEqual(self.tokens.revoke_accessor(auth["accessor"]).status_code, 204)
        self.assertFalse(is_alive(auth["client_token"]))

    def test_revoking_an_unknown_token_is_no_error(self):
        self.assertEqual(self.tokens.revoke("hvs.unknown").status_code, 204)

    def test_a_locker_dies_with_its_token(self):
        auth = self.create()
        locker = hvac.Client(token=auth["client_token"])
        locker.write_data("cubbyhole/note", data={"text": "for the job"})
        self.assertEqual(locker.read("cubbyhole/note")["data"], {"text": "for the job"})
        self.assertIsNone(self.client.read("cubbyhole/note"))
        locker.auth.token.revoke_self()
        with self.assertRaises(Forbidden):
            locker.read("cubbyhole/note")


class TokenRoles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tokens = hvac.Client().auth.token

    def test_a_role_is_written_read_listed_and_deleted(self):
        answer = self.tokens.create_or_update_role(
            "jobs", allowed_policies=["a", "b"], orphan=True, renewable=False, token_period="1h", path_suffix="batch"
        )
        self.assertEqual(answer.status_code, 204)
        role = self.tokens.read_role("jobs")["data"]
        self.assertEqual(role["name"], "jobs")
        self.assertEqual(role["allowed_policies"], ["a", "b"])
        self.assertEqual(role["token_period"], 3600)
        self.assertEqual(role["path_suffix"], "batch")
        self.assertTrue(role["orphan"])
        self.assertFalse(role["renewable"])
        self.assertIn("jobs", self.tokens.list_roles()["data"]["keys"])
        self.assertEqual(self.tokens.delete_role("jobs").status_code, 204)
        with self.assertRaises(InvalidPath):
            self.tokens.read_role("jobs")

    def test_a_token_of_a_role_has_what_the_role_says(self):
        self.tokens.create_or_update_role("readers", allowed_policies=["readers"], orphan=True, token_period="1h")
        auth = self.tokens.create(role_name="readers", policies=["readers"])["auth"]
        self.assertEqual(auth["policies"], ["default", "readers"])
        self.assertEqual(auth["lease_duration"], 3600)
        self.assertTrue(auth["orphan"])
        data = self.tokens.lookup(auth["client_token"])["data"]
        self.assertEqual(data["role"], "readers")
        self.assertEqual(data["path"], "auth/token/create/readers")
        with self.assertRaisesRegex(InvalidRequest, "must be subset of the role's allowed policies"):
            self.tokens.create(role_name="readers", policies=["writers"])

    def test_a_token_of_an_unknown_role_is_refused(self):
        with self.assertRaisesRegex(InvalidRequest, "unknown role missing"):
            self.tokens.create(role_name="missing")

    def test_tidying_up_is_accepted(self):
        answer = self.tokens.tidy()
        self.assertEqual(answer.status_code, 202)
        self.assertTrue(answer.json()["warnings"])


class OldForms(unittest.TestCase):
    """Calls on the client itself, which hvac keeps for programs written long ago."""

    def setUp(self):
        self.root = hvac.Client()
        self.auth = self.root.auth.token.create(policies=["default"], ttl="1h")["auth"]
        self.client = hvac.Client(token=self.auth["client_token"])

    def test_lookup_token(self):
        token, accessor = self.auth["client_token"], self.auth["accessor"]
        self.assertEqual(self.client.lookup_token()["data"]["id"], token)
        self.assertEqual(self.root.lookup_token(token)["data"]["accessor"], accessor)
        self.assertEqual(self.root.lookup_token(accessor, accessor=True)["data"]["id"], "")

    def test_renew_token(self):
        # Sends "increment": null.
        renewed = self.root.renew_token(self.auth["client_token"])
        self.assertEqual(renewed["auth"]["lease_duration"], 3600)
        renewed = self.root.renew_token(self.auth["client_token"], increment="2h")
        self.assertEqual(renewed["auth"]["lease_duration"], 7200)

    def test_revoke_token(self):
        self.root.revoke_token(self.auth["client_token"])
        self.assertFalse(self.client.is_authenticated())

    def test_revoke_token_by_its_accessor(self):
        self.root.revoke_token(self.auth["accessor"], accessor=True)
        self.assertFalse(self.client.is_authenticated())

    def test_revoke_token_and_orphan_its_children(self):
        self.root.revoke_token(self.auth["client_token"], orphan=True)
        self.assertFalse(self.client.is_authenticated())

    def test_logout_revokes_the_token(self):
        self.assertTrue(self.client.is_authenticated())
        self.client.logout(revoke_token=True)
        self.assertFalse(self.client.is_authenticated())
        with self.assertRaises(Forbidden):
            self.root.lookup_token(self.auth["client_token"])

    def test_without_a_token_every_request_is_forbidden(self):
        with self.assertRaises(Forbidden):
            hvac.Client(token="no-such-token").lookup_token()
