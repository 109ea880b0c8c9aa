const NAME: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/tool.txt"));

fn main() {
    println!("{} {} {}", NAME.trim(), common::NAME.trim(), dep::NAME);
}
