"""Logging in with a password (userpass) and with AppRole, through hvac, as its documentation shows."""

import unittest

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest


class Userpass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = hvac.Client()
        cls.root.sys.enable_auth_method("userpass")

    @classmethod
    def tearDownClass(cls):
        cls.root.sys.disable_auth_method("userpass")

    def setUp(self):
        self.userpass = self.root.auth.userpass
        self.userpass.create_or_update_user(username="bob", password="secret", policies=["people"])

    def login(self, password):
        client = hvac.Client(token="")
        auth = client.auth.userpass.login(username="bob", password=password)["auth"]
        self.assertEqual(client.token, auth["client_token"])
        return auth

    def test_a_user_logs_in(self):
        auth = self.login("secret")
        self.assertEqual(auth["policies"], ["default", "people"])
        self.assertEqual(auth["metadata"], {"username": "bob"})

    def test_users_are_listed_read_and_deleted(self):
        self.userpass.create_or_update_user("eve", "x")
        self.assertEqual(self.userpass.list_user()["data"]["keys"], ["bob", "eve"])
        self.assertEqual(self.userpass.read_user("bob")["data"]["token_policies"], ["people"])
        self.userpass.delete_user("eve")
        with self.assertRaises(InvalidPath):
            self.userpass.read_user("eve")

    def test_a_password_is_changed(self):
        self.userpass.update_password_on_user(username="bob", password="newer")
        with self.assertRaises(InvalidRequest):
            self.login("secret")
        self.assertEqual(self.login("newer")["policies"], ["default", "people"])

    def test_a_user_is_locked_out_and_let_in_again(self):
        self.userpass.create_or_update_user("carl", "x")
        for _ in range(5):
            with self.assertRaises(InvalidRequest):
                hvac.Client(token="").auth.userpass.login("carl", "wrong")
        with self.assertRaises(Forbidden):
            hvac.Client(token="").auth.userpass.login("carl", "x")
        locked = self.root.read("sys/locked-users")["data"]
        accounts = locked["by_namespace"][0]["mount_accessors"][0]
        self.assertEqual((locked["total"], accounts["alias_identifiers"]), (1, ["carl"]))
        self.root.write(f"sys/locked-users/{accounts['mount_accessor']}/unlock/carl")
        hvac.Client(token="").auth.userpass.login("carl", "x")
        self.userpass.delete_user("carl")


class AppRole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = hvac.Client()
        cls.root.sys.enable_auth_method("approle")

    @classmethod
    def tearDownClass(cls):
        cls.root.sys.disable_auth_method("approle")

    def setUp(self):
        self.approle = self.root.auth.approle
        self.approle.create_or_update_approle(
            role_name="some-role", token_policies=["people"], token_type="service", secret_id_num_uses=1
        )
        self.role_id = self.approle.read_role_id(role_name="some-role")["data"]["role_id"]

    def tearDown(self):
        self.approle.delete_role("some-role")

    def login(self, secret_id):
        client = hvac.Client(token="")
        return client.auth.approle.login(role_id=self.role_id, secret_id=secret_id)["auth"]

    def test_a_service_logs_in_once_with_its_secret_id(self):
        made = self.approle.generate_secret_id(role_name="some-role", metadata={"team": "blue"})["data"]
        auth = self.login(made["secret_id"])
        self.assertEqual(auth["policies"], ["default", "people"])
        self.assertEqual(auth["metadata"], {"role_name": "some-role", "team": "blue"})
        with self.assertRaises(InvalidRequest):
            self.login(made["secret_id"])

    def test_a_wrapped_secret_id_is_unwrapped_by_the_service(self):
        wrapped = self.approle.generate_secret_id(role_name="some-role", wrap_ttl="5m")
        made = hvac.Client(token=wrapped["wrap_info"]["token"]).sys.unwrap()["data"]
        self.assertEqual(self.login(made["secret_id"])["policies"], ["default", "people"])

    def test_a_secret_id_is_chosen_looked_up_listed_and_destroyed(self):
        made = self.approle.create_custom_secret_id(role_name="some-role", secret_id="chosen")["data"]
        self.assertEqual(made["secret_id"], "chosen")
        found = self.approle.read_secret_id(role_name="some-role", secret_id="chosen")["data"]
        accessor = found["secret_id_accessor"]
        self.assertEqual(self.approle.list_secret_id_accessors("some-role")["data"]["keys"], [accessor])
        by_accessor = self.approle.read_secret_id_accessor("some-role", accessor)["data"]
        self.assertEqual(by_accessor, found)
        self.approle.destroy_secret_id(role_name="some-role", secret_id="chosen")
        with self.assertRaises(InvalidPath):
            self.approle.read_secret_id_accessor("some-role", accessor)

    def test_a_secret_id_is_destroyed_by_its_accessor(self):
        made = self.approle.generate_secret_id("some-role")["data"]
        self.approle.destroy_secret_id_accessor("some-role", made["secret_id_accessor"])
        with self.assertRaises(InvalidRequest):
            self.login(made["secret_id"])

    def test_roles_are_listed_read_and_given_another_id(self):
        self.assertEqual(self.approle.list_roles()["data"]["keys"], ["some-role"])
        self.assertEqual(self.approle.read_role("some-role")["data"]["secret_id_num_uses"], 1)
        self.approle.update_role_id(role_name="some-role", role_id="another")
        self.assertEqual(self.approle.read_role_id("some-role")["data"]["role_id"], "another")
