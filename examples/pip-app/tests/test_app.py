import unittest

from app import app


class GuestBook(unittest.TestCase):
    def setUp(self):
        self.client = app.test_client()

    def test_an_entry_is_shown(self):
        self.client.post("/", data={"text": "Hello from the hut"})

        self.assertIn("Hello from the hut", self.client.get("/").text)

    def test_an_empty_entry_is_not_kept(self):
        before = self.client.get("/").text
        self.client.post("/", data={"text": "  "})

        self.assertEqual(self.client.get("/").text, before)
