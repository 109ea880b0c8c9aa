pub const NAME: &str = "dep";
