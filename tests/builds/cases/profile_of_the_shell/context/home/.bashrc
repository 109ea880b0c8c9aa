KIND=ours
