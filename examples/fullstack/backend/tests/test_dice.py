import unittest

from dice import roll


class Dice(unittest.TestCase):
    def test_a_die_shows_one_to_six(self):
        self.assertLessEqual(set(roll(200)), {1, 2, 3, 4, 5, 6})
