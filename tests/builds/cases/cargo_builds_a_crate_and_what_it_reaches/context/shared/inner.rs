pub const NAME: &str = include_str!("common.txt");
