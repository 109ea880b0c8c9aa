package only

const Name = "only"
