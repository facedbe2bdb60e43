"""The life of a new server through hvac: initialise, unseal with key shares, seal."""

import base64
import unittest

import hvac
from hvac.exceptions import InvalidRequest, VaultDown


class Life(unittest.TestCase):
    """The tests run in the order of their names, each from where the one before ended."""

    keys = []
    token = ""

    def setUp(self):
        self.client = hvac.Client(token=Life.token)
        self.sys = self.client.sys

    def health(self):
        answer = self.sys.read_health_status(method="GET")
        # hvac hands a body of JSON over as a dictionary when the status is 200.
        return (200, answer) if isinstance(answer, dict) else (answer.status_code, answer.json())

    def test_1_a_new_server_is_neither_initialised_nor_unsealed(self):
        self.assertFalse(self.sys.is_initialized())
        self.assertTrue(self.sys.is_sealed())
        self.assertEqual(self.sys.read_health_status().status_code, 501)
        status, body = self.health()
        self.assertEqual(status, 501)
        self.assertEqual((body["initialized"], body["sealed"]), (False, True))

    def test_2_initialising_answers_the_shares_and_the_root_token_once(self):
        answer = self.sys.initialize(secret_shares=5, secret_threshold=3)
        self.assertEqual(len(answer["keys"]), 5)
        self.assertEqual(len(set(answer["keys_base64"])), 5)
        self.assertTrue(all(len(bytes.fromhex(key)) == 33 for key in answer["keys"]))
        Life.keys, Life.token = answer["keys"], answer["root_token"]
        self.assertTrue(self.sys.is_initialized())
        with self.assertRaises(InvalidRequest) as caught:
            self.sys.initialize(secret_shares=1, secret_threshold=1)
        self.assertEqual(caught.exception.errors, ["Vault is already initialized"])

    def test_3_a_sealed_server_refuses_requests(self):
        self.assertTrue(self.sys.is_sealed())
        self.assertEqual(self.sys.read_health_status().status_code, 503)
        with self.assertRaises(VaultDown) as caught:
            self.client.auth.token.lookup_self()
        self.assertEqual(caught.exception.errors, ["Vault is sealed"])

    def test_4_the_threshold_of_shares_unseals(self):
        first = self.sys.submit_unseal_key(Life.keys[0])
        self.assertEqual((first["sealed"], first["progress"], first["t"], first["n"]), (True, 1, 3, 5))
        self.assertEqual(self.sys.submit_unseal_key(Life.keys[0])["progress"], 1)
        self.assertEqual(self.sys.submit_unseal_key(reset=True)["progress"], 0)
        self.assertFalse(self.sys.submit_unseal_keys(Life.keys[2:])["sealed"])
        self.assertFalse(self.sys.is_sealed())
        self.assertEqual(self.client.auth.token.lookup_self()["data"]["policies"], ["root"])

    def test_5_an_unsealed_server_is_healthy(self):
        self.assertEqual(self.sys.read_health_status().status_code, 200)
        status, body = self.health()
        self.assertEqual(status, 200)
        self.assertEqual((body["initialized"], body["sealed"], body["standby"]), (True, False, False))
        self.assertTrue(body["version"])
        self.assertTrue(body["cluster_id"])
        answer = self.sys.read_health_status(method="GET", active_code=299)
        self.assertEqual(answer.status_code, 299)

    def test_6_what_was_stored_is_there_again_after_sealing_and_unsealing(self):
        self.sys.enable_secrets_engine("kv", path="kept", options={"version": "1"})
        self.client.secrets.kv.v1.create_or_update_secret("a", {"b": "c"}, mount_point="kept")
        self.assertEqual(self.sys.seal().status_code, 204)
        self.assertTrue(self.sys.is_sealed())
        with self.assertRaises(VaultDown):
            self.client.secrets.kv.v1.read_secret("a", mount_point="kept")
        self.sys.submit_unseal_keys(Life.keys[:3])
        self.assertEqual(self.client.secrets.kv.v1.read_secret("a", mount_point="kept")["data"], {"b": "c"})

    def test_7_the_encryption_key_rotates(self):
        before = self.client.key_status["term"]
        self.sys.rotate_encryption_key()
        self.assertEqual(self.client.key_status["term"], before + 1)
        self.assertEqual(self.client.secrets.kv.v1.read_secret("a", mount_point="kept")["data"], {"b": "c"})

    def test_8_new_shares_replace_the_old_ones(self):
        nonce = self.sys.start_rekey(secret_shares=3, secret_threshold=2)["nonce"]
        answer = self.sys.rekey_multi(Life.keys[1:4], nonce=nonce)
        self.assertTrue(answer["complete"])
        self.assertEqual(len(answer["keys"]), 3)
        self.sys.seal()
        self.assertFalse(self.sys.submit_unseal_keys(answer["keys"][1:])["sealed"])
        Life.keys = answer["keys"]

    def test_9_a_new_root_token_is_made_from_the_shares(self):
        started = self.sys.start_root_token_generation()
        for share in Life.keys[:2]:
            answer = self.sys.generate_root(share, started["nonce"])
        self.assertTrue(answer["complete"])
        encoded = answer["encoded_root_token"]
        masked = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
        token = bytes(a ^ b for a, b in zip(masked, started["otp"].encode())).decode()
        self.assertEqual(hvac.Client(token=token).auth.token.lookup_self()["data"]["policies"], ["root"])
        self.assertFalse(self.client.generate_root_status["started"])
