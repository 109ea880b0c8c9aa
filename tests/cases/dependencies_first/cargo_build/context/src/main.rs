fn main() { println!("{}", shop::total()) }
