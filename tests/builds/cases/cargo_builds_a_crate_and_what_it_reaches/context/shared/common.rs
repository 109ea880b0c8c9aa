mod inner;

pub const NAME: &str = inner::NAME;
