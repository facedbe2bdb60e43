"""Key-value secrets, version 1, through hvac. VAULT_ADDR, VAULT_TOKEN and VAULT_CACERT say where."""

import unittest

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

MOUNT = "secrets"


class KvVersion1(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = hvac.Client()
        cls.client.sys.enable_secrets_engine("kv", path=MOUNT, options={"version": "1"})
        cls.kv = cls.client.secrets.kv.v1

    @classmethod
    def tearDownClass(cls):
        cls.client.sys.disable_secrets_engine(MOUNT)

    def write(self, path, secret):
        return self.kv.create_or_update_secret(path, secret, mount_point=MOUNT)

    def read(self, path):
        return self.kv.read_secret(path, mount_point=MOUNT)

    def list(self, path):
        return self.kv.list_secrets(path, mount_point=MOUNT)["data"]["keys"]

    def delete(self, path):
        return self.kv.delete_secret(path, mount_point=MOUNT)

    def test_what_is_written_is_read_back(self):
        answer = self.write("app/database", {"user": "app", "password": "s3cret"})
        self.assertEqual(answer.status_code, 204)

        answer = self.read("app/database")
        self.assertEqual(answer["data"], {"user": "app", "password": "s3cret"})
        self.assertEqual(answer["lease_duration"], 768 * 3600)
        self.assertFalse(answer["renewable"])

    def test_a_write_replaces_the_whole_object(self):
        self.write("app/replaced", {"old": "1", "kept": "no"})
        self.write("app/replaced", {"new": "2"})
        self.assertEqual(self.read("app/replaced")["data"], {"new": "2"})

    def test_the_method_can_be_chosen(self):
        for method in ("POST", "PUT", "POST"):
            self.kv.create_or_update_secret("app/method", {"by": method}, method=method, mount_point=MOUNT)
            self.assertEqual(self.read("app/method")["data"], {"by": method})

    def test_a_deleted_secret_is_gone(self):
        self.write("app/short-lived", {"a": "b"})
        self.assertEqual(self.delete("app/short-lived").status_code, 204)
        with self.assertRaises(InvalidPath):
            self.read("app/short-lived")
        self.assertEqual(self.delete("app/short-lived").status_code, 204)

    def test_a_missing_secret_is_an_invalid_path_without_a_text(self):
        with self.assertRaises(InvalidPath) as caught:
            self.read("no/such/secret")
        self.assertEqual(caught.exception.errors, [])

    def test_a_listing_shows_names_in_order_and_folders_with_a_slash(self):
        for path in ("folder/b", "folder/a", "folder/sub/c", "folder/sub"):
            self.write(path, {"x": "y"})
        self.assertEqual(self.list("folder"), ["a", "b", "sub", "sub/"])
        self.assertEqual(self.list("folder/"), ["a", "b", "sub", "sub/"])
        self.assertEqual(self.list("folder/sub"), ["c"])

    def test_a_missing_folder_cannot_be_listed(self):
        with self.assertRaises(InvalidPath):
            self.list("no/such/folder")

    def test_every_json_value_is_kept(self):
        secret = {
            "text": "line\nbreak, \"quotes\", <tags> & ümläut, 秘密, 🔑",
            "empty": "",
            "number": 12345678901234567890,
            "fraction": 1.5,
            "yes": True,
            "nothing": None,
            "list": [1, "two", [3], {}],
            "object": {"nested": {"deeper": ["x"]}},
            "": "an empty name",
            "ключ": "a name beyond ASCII",
        }
        self.write("app/values", secret)
        self.assertEqual(self.read("app/values")["data"], secret)

    def test_names_that_need_encoding_are_kept(self):
        names = ["a b", "user@example.org", "1+1", "100%", "what?", "#1", "ümläut", "back\\slash", "a:b,c;d=e&f"]
        for name in names:
            with self.subTest(name):
                self.write(f"names/{name}", {"name": name})
                self.assertEqual(self.read(f"names/{name}")["data"], {"name": name})
        self.assertEqual(self.list("names"), sorted(names, key=str.encode))

    def test_a_url_as_a_path_survives_with_one_slash(self):
        self.write("sites/http://test.example", {"user": "u"})
        self.assertEqual(self.read("sites/http://test.example")["data"], {"user": "u"})
        self.assertEqual(self.list("sites"), ["http:/"])

    def test_a_ttl_in_the_secret_is_its_lease_duration(self):
        self.write("app/leased", {"ttl": "1h", "password": "p"})
        answer = self.read("app/leased")
        self.assertEqual(answer["lease_duration"], 3600)
        self.assertEqual(answer["data"], {"ttl": "1h", "password": "p"})

    def test_an_object_of_512_kilobytes_is_kept(self):
        secret = {"file": "x" * 512_000}
        self.write("app/large", secret)
        self.assertEqual(self.read("app/large")["data"], secret)

    def test_an_empty_object_is_refused(self):
        with self.assertRaises(InvalidRequest) as caught:
            self.write("app/empty", {})
        self.assertEqual(caught.exception.errors, ["missing data fields"])

    def test_a_token_without_a_rule_for_the_path_is_forbidden(self):
        self.write("app/closed", {"a": "b"})
        token = self.client.auth.token.create(policies=["default"])["auth"]["client_token"]
        stranger = hvac.Client(token=token).secrets.kv.v1
        for request in (stranger.read_secret, stranger.list_secrets, stranger.delete_secret):
            with self.assertRaises(Forbidden) as caught:
                request("app/closed", mount_point=MOUNT)
            self.assertEqual(caught.exception.errors, ["1 error occurred:\n\t* permission denied\n\n"])

    def test_the_generic_calls_reach_the_same_secrets(self):
        self.client.write_data(f"{MOUNT}/generic/one", data={"path": "is a name like any other"})
        self.assertEqual(self.client.read(f"{MOUNT}/generic/one")["data"], {"path": "is a name like any other"})
        # This form lists by GET with ?list=True.
        self.assertEqual(self.client.list(f"{MOUNT}/generic")["data"]["keys"], ["one"])
        self.client.delete(f"{MOUNT}/generic/one")
        self.assertIsNone(self.client.read(f"{MOUNT}/generic/one"))
        self.assertIsNone(self.client.list(f"{MOUNT}/generic"))
