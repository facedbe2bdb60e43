"""The calls below `sys` through hvac: policies, secrets engines, auth methods, audit devices, capabilities."""

import json
import os
import time
import unittest

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest


class Policies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = hvac.Client()
        cls.sys = cls.client.sys

    def test_a_policy_is_written_read_listed_and_deleted(self):
        text = 'path "secret/app/*" {\n  capabilities = ["read", "list"]\n}\n'
        self.assertEqual(self.sys.create_or_update_policy("app", text).status_code, 204)
        self.assertEqual(self.sys.read_policy("app")["data"], {"name": "app", "rules": text})
        self.assertEqual(self.client.get_policy("app"), text)
        self.assertEqual(self.sys.list_policies()["data"]["policies"], ["app", "default", "root"])
        self.assertEqual(self.sys.delete_policy("app").status_code, 204)
        with self.assertRaises(InvalidPath):
            self.sys.read_policy("app")
        self.assertIsNone(self.client.get_policy("app"))

    def test_a_policy_can_be_a_dictionary(self):
        policy = {"path": {"secret/app/*": {"capabilities": ["read"]}}}
        self.sys.create_or_update_policy("as-json", policy)
        self.assertEqual(json.loads(self.sys.read_policy("as-json")["data"]["rules"]), policy)
        self.sys.delete_policy("as-json")

    def test_the_newer_form_reads_back_too(self):
        text = 'path "secret/*" { capabilities = ["read"] }'
        self.sys.create_or_update_acl_policy("newer", text)
        self.assertEqual(self.sys.read_acl_policy("newer")["data"], {"name": "newer", "policy": text})
        self.assertIn("newer", self.sys.list_acl_policies()["data"]["keys"])
        self.sys.delete_acl_policy("newer")

    def test_a_policy_that_does_not_parse_is_refused(self):
        with self.assertRaisesRegex(InvalidRequest, "failed to parse policy"):
            self.sys.create_or_update_policy("broken", 'path "x" { capabilities = ["fly"] }')
        with self.assertRaises(InvalidPath):
            self.sys.read_policy("broken")

    def test_a_changed_policy_acts_at_once_on_tokens_that_have_it(self):
        self.sys.create_or_update_policy("changing", 'path "sys/mounts" { capabilities = ["read"] }')
        token = self.client.auth.token.create(policies=["changing"])["auth"]["client_token"]
        holder = hvac.Client(token=token)
        holder.sys.list_mounted_secrets_engines()
        self.sys.create_or_update_policy("changing", 'path "sys/mounts" { capabilities = ["deny"] }')
        with self.assertRaises(Forbidden):
            holder.sys.list_mounted_secrets_engines()
        self.sys.delete_policy("changing")

    def test_capabilities_are_told_of_oneself_of_a_token_and_of_an_accessor(self):
        self.sys.create_or_update_policy("looking", 'path "a/*" { capabilities = ["read", "create"] }')
        auth = self.client.auth.token.create(policies=["looking"])["auth"]
        paths = ["a/b", "c"]
        expected = {"a/b": ["create", "read"], "c": ["deny"]}
        answers = (
            hvac.Client(token=auth["client_token"]).sys.get_capabilities(paths),
            self.sys.get_capabilities(paths, token=auth["client_token"]),
            self.sys.get_capabilities(paths, accessor=auth["accessor"]),
        )
        for answer in answers:
            self.assertEqual(answer["data"], expected)
        self.assertEqual(self.sys.get_capabilities(["a/b"])["data"], {"a/b": ["root"], "capabilities": ["root"]})
        self.sys.delete_policy("looking")


class SecretsEngines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = hvac.Client()
        cls.sys = cls.client.sys

    def test_an_engine_is_enabled_listed_and_disabled(self):
        answer = self.sys.enable_secrets_engine(
            "kv", path="team", description="of the team", options={"version": "1"}, config={"default_lease_ttl": "1h"}
        )
        self.assertEqual(answer.status_code, 204)
        engine = self.sys.list_mounted_secrets_engines()["data"]["team/"]
        self.assertEqual(engine["type"], "kv")
        self.assertEqual(engine["description"], "of the team")
        self.assertEqual(engine["options"], {"version": "1"})
        self.assertEqual(engine["config"]["default_lease_ttl"], 3600)
        self.assertEqual(self.sys.retrieve_mount_option("team", "version"), "1")
        self.assertEqual(self.sys.disable_secrets_engine("team").status_code, 204)
        self.assertNotIn("team/", self.sys.list_mounted_secrets_engines()["data"])

    def test_the_built_in_engines_are_listed(self):
        engines = self.sys.list_mounted_secrets_engines()["data"]
        for path in ("cubbyhole/", "identity/", "sys/"):
            self.assertIn(path, engines)

    def test_a_path_in_use_is_refused(self):
        self.sys.enable_secrets_engine("kv", path="used", options={"version": "1"})
        with self.assertRaises(InvalidRequest) as caught:
            self.sys.enable_secrets_engine("kv", path="used", options={"version": "1"})
        self.assertEqual(caught.exception.errors, ["path is already in use at used/"])
        self.sys.disable_secrets_engine("used")

    def test_an_engine_is_tuned(self):
        self.sys.enable_secrets_engine("kv", path="tuned", options={"version": "1"})
        self.sys.tune_mount_configuration("tuned", default_lease_ttl="30m", max_lease_ttl="2h", description="short")
        data = self.sys.read_mount_configuration("tuned")["data"]
        self.assertEqual((data["default_lease_ttl"], data["max_lease_ttl"]), (1800, 7200))
        self.assertEqual(data["description"], "short")
        self.client.secrets.kv.v1.create_or_update_secret("a", {"b": "c"}, mount_point="tuned")
        self.assertEqual(self.client.secrets.kv.v1.read_secret("a", mount_point="tuned")["lease_duration"], 1800)
        self.sys.disable_secrets_engine("tuned")

    def test_an_engine_moves_with_its_secrets(self):
        kv = self.client.secrets.kv.v1
        self.sys.enable_secrets_engine("kv", path="before", options={"version": "1"})
        kv.create_or_update_secret("a", {"b": "c"}, mount_point="before")
        answer = self.sys.move_backend("before", "after")
        status = f"sys/remount/status/{answer['migration_id']}"
        for _ in range(100):
            if self.client.read(status)["data"]["migration_info"]["status"] == "success":
                break
            time.sleep(0.05)
        self.assertEqual(kv.read_secret("a", mount_point="after")["data"], {"b": "c"})
        with self.assertRaisesRegex(InvalidPath, "no handler for route"):
            kv.read_secret("a", mount_point="before")
        self.sys.disable_secrets_engine("after")

    def test_the_secrets_of_a_disabled_engine_do_not_come_back(self):
        kv = self.client.secrets.kv.v1
        self.sys.enable_secrets_engine("kv", path="again", options={"version": "1"})
        kv.create_or_update_secret("a", {"b": "c"}, mount_point="again")
        self.sys.disable_secrets_engine("again")
        self.sys.enable_secrets_engine("kv", path="again", options={"version": "1"})
        with self.assertRaises(InvalidPath):
            kv.read_secret("a", mount_point="again")
        self.sys.disable_secrets_engine("again")


class AuthMethods(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sys = hvac.Client().sys

    def test_a_method_is_enabled_listed_tuned_and_disabled(self):
        self.assertEqual(self.sys.enable_auth_method("jwt", path="robots", description="machines").status_code, 204)
        method = self.sys.list_auth_methods()["data"]["robots/"]
        self.assertEqual((method["type"], method["description"]), ("jwt", "machines"))
        self.assertTrue(method["accessor"].startswith("auth_jwt_"))

        self.sys.tune_auth_method("robots", default_lease_ttl="10m", max_lease_ttl="1h")
        tuning = self.sys.read_auth_method_tuning("robots")["data"]
        self.assertEqual((tuning["default_lease_ttl"], tuning["max_lease_ttl"]), (600, 3600))

        self.assertEqual(self.sys.disable_auth_method("robots").status_code, 204)
        self.assertNotIn("robots/", self.sys.list_auth_methods()["data"])

    def test_tokens_are_a_method_that_is_always_there(self):
        self.assertEqual(self.sys.list_auth_methods()["data"]["token/"]["description"], "token based credentials")

    def test_an_unknown_type_is_refused(self):
        with self.assertRaises(InvalidRequest):
            self.sys.enable_auth_method("no-such-method")


class AuditDevices(unittest.TestCase):
    """AUDIT_FILE is where a device may write."""

    @classmethod
    def setUpClass(cls):
        cls.client = hvac.Client()
        cls.sys = cls.client.sys
        cls.file = os.environ["AUDIT_FILE"]

    def test_a_device_is_enabled_listed_and_disabled_and_its_file_holds_no_secret(self):
        options = {"file_path": self.file}
        self.assertEqual(self.sys.enable_audit_device("file", description="trail", options=options).status_code, 204)
        device = self.sys.list_enabled_audit_devices()["data"]["file/"]
        self.assertEqual(device["type"], "file")
        self.assertEqual(device["description"], "trail")
        self.assertEqual(device["options"]["file_path"], self.file)

        self.client.write_data("cubbyhole/audited", data={"password": "correct horse"})
        digest = self.sys.calculate_hash("file", "correct horse")["data"]["hash"]
        self.assertTrue(digest.startswith("hmac-sha256:"))
        self.assertEqual(self.sys.disable_audit_device("file").status_code, 204)
        self.assertEqual(self.sys.list_enabled_audit_devices()["data"], {})

        with open(self.file, encoding="utf-8") as lines:
            text = lines.read()
        self.assertNotIn("correct horse", text)
        self.assertNotIn(self.client.token, text)
        written = [
            entry
            for entry in map(json.loads, text.splitlines())
            if entry.get("request", {}).get("path") == "cubbyhole/audited"
        ]
        self.assertEqual([entry["type"] for entry in written], ["request", "response"])
        self.assertEqual(written[0]["request"]["data"], {"password": digest})

    def test_the_hash_of_an_unknown_device_is_refused(self):
        with self.assertRaisesRegex(InvalidRequest, "unknown audit backend"):
            self.sys.calculate_hash("missing", "text")
