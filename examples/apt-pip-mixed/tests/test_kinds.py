import unittest

from sorter.kinds import folder


class Kinds(unittest.TestCase):
    def test_each_content_has_its_folder(self):
        rows = [(b"Dear all,\n", "papers"), (b"GIF89a\x01\x00\x01\x00", "pictures"), (b"\x00", "other")]
        for content, expected in rows:
            with self.subTest(content=content):
                self.assertEqual(folder(content), expected)
