"""Key-value secrets, version 2, through hvac. VAULT_ADDR, VAULT_TOKEN and VAULT_CACERT say where."""

import unittest

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

MOUNT = "versioned"


class KvVersion2(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = hvac.Client()
        cls.client.sys.enable_secrets_engine("kv", path=MOUNT, options={"version": "2"})
        cls.kv = cls.client.secrets.kv.v2

    @classmethod
    def tearDownClass(cls):
        cls.client.sys.disable_secrets_engine(MOUNT)

    def write(self, path, secret, **options):
        return self.kv.create_or_update_secret(path=path, secret=secret, mount_point=MOUNT, **options)

    def read(self, path, **options):
        return self.kv.read_secret_version(
            path=path, mount_point=MOUNT, raise_on_deleted_version=True, **options
        )["data"]

    def test_the_mount_is_configured_and_read_back(self):
        self.kv.configure(max_versions=20, cas_required=False, mount_point=MOUNT)
        config = self.kv.read_configuration(mount_point=MOUNT)["data"]
        self.assertEqual((config["max_versions"], config["cas_required"]), (20, False))

    def test_what_is_written_is_read_back_with_its_version(self):
        written = self.write("hvac", {"psst": "this is secret"})["data"]
        self.assertEqual(written["version"], 1)
        read = self.read("hvac")
        self.assertEqual(read["data"], {"psst": "this is secret"})
        self.assertEqual(read["metadata"]["created_time"], written["created_time"])

    def test_older_versions_stay_readable(self):
        for value in ("first", "second"):
            self.write("old", {"value": value})
        self.assertEqual(self.read("old", version=1)["data"], {"value": "first"})
        self.assertEqual(self.read("old")["data"], {"value": "second"})

    def test_check_and_set_lets_one_writer_win(self):
        self.write("cas", {"by": "alice"}, cas=0)
        with self.assertRaises(InvalidRequest) as caught:
            self.write("cas", {"by": "bob"}, cas=0)
        self.assertEqual(
            caught.exception.errors, ["check-and-set parameter did not match the current version"]
        )
        self.assertEqual(self.read("cas")["data"], {"by": "alice"})

    def test_a_patch_changes_single_fields(self):
        self.write("patched", {"kept": "1", "changed": "2"})
        self.kv.patch(path="patched", secret={"changed": "3"}, mount_point=MOUNT)
        self.assertEqual(self.read("patched")["data"], {"kept": "1", "changed": "3"})
        with self.assertRaises(InvalidPath):
            self.kv.patch(path="never", secret={"a": "b"}, mount_point=MOUNT)

    def test_versions_are_deleted_brought_back_and_destroyed(self):
        for value in (1, 2):
            self.write("life", {"value": value})
        self.kv.delete_latest_version_of_secret(path="life", mount_point=MOUNT)
        with self.assertRaises(InvalidPath):
            self.read("life")
        gone = self.kv.read_secret_version(path="life", mount_point=MOUNT, raise_on_deleted_version=False)
        self.assertIsNone(gone["data"]["data"])
        self.assertNotEqual(gone["data"]["metadata"]["deletion_time"], "")
        self.kv.undelete_secret_versions(path="life", versions=[2], mount_point=MOUNT)
        self.assertEqual(self.read("life")["data"], {"value": 2})
        self.kv.delete_secret_versions(path="life", versions=[1], mount_point=MOUNT)
        self.kv.destroy_secret_versions(path="life", versions=[1], mount_point=MOUNT)
        versions = self.kv.read_secret_metadata(path="life", mount_point=MOUNT)["data"]["versions"]
        self.assertEqual([versions[number]["destroyed"] for number in ("1", "2")], [True, False])

    def test_names_are_listed_until_their_metadata_is_deleted(self):
        for path in ("folder/a", "folder/sub/b"):
            self.write(path, {"x": "y"})
        names = self.kv.list_secrets(path="folder", mount_point=MOUNT)["data"]["keys"]
        self.assertEqual(names, ["a", "sub/"])
        self.kv.delete_metadata_and_all_versions(path="folder/a", mount_point=MOUNT)
        names = self.kv.list_secrets(path="folder", mount_point=MOUNT)["data"]["keys"]
        self.assertEqual(names, ["sub/"])
        with self.assertRaises(InvalidPath):
            self.kv.read_secret_metadata(path="folder/a", mount_point=MOUNT)

    def test_metadata_is_kept_with_the_secret(self):
        self.kv.update_metadata(
            path="noted",
            max_versions=5,
            cas_required=True,
            delete_version_after="30m",
            custom_metadata={"owner": "alice"},
            mount_point=MOUNT,
        )
        metadata = self.kv.read_secret_metadata(path="noted", mount_point=MOUNT)["data"]
        self.assertEqual(metadata["custom_metadata"], {"owner": "alice"})
        self.assertEqual((metadata["max_versions"], metadata["delete_version_after"]), (5, "30m0s"))
        with self.assertRaises(InvalidRequest) as caught:
            self.write("noted", {"a": "b"})
        self.assertEqual(caught.exception.errors, ["check-and-set parameter required for this call"])

    def test_a_mount_of_version_1_is_upgraded_in_place(self):
        self.client.sys.enable_secrets_engine("kv", path="upgraded", options={"version": "1"})
        self.addCleanup(self.client.sys.disable_secrets_engine, "upgraded")
        self.client.secrets.kv.v1.create_or_update_secret("old", {"a": "b"}, mount_point="upgraded")
        self.client.sys.tune_mount_configuration("upgraded", options={"version": "2"})
        read = self.kv.read_secret_version(path="old", mount_point="upgraded", raise_on_deleted_version=True)
        self.assertEqual((read["data"]["data"], read["data"]["metadata"]["version"]), ({"a": "b"}, 1))

    def test_a_token_without_a_rule_for_the_path_is_forbidden(self):
        self.write("closed", {"a": "b"})
        token = self.client.auth.token.create(policies=["default"])["auth"]["client_token"]
        with self.assertRaises(Forbidden):
            hvac.Client(token=token).secrets.kv.v2.read_secret_version(
                path="closed", mount_point=MOUNT, raise_on_deleted_version=True
            )
