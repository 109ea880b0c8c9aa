import money

print(money.COIN)
