//! Compiles `regiment/v1/*.proto` without a system protoc, and reads each method's permission and cost out of its options.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message as _;
use protox::prost_reflect::{DescriptorPool, Value};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // tonic does not say it, and without it every change of any file would compile the API again.
    println!("cargo:rerun-if-changed=regiment");

    let mut files = fs::read_dir("regiment/v1")?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "proto"));
    files.sort();

    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_source_info(true).include_imports(true).open_files(&files)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);

    // The compiler's own encoding keeps custom options; the decoded set that the generator takes has lost them.
    let descriptors = compiler.encode_file_descriptor_set();
    fs::write(out.join("regiment.binpb"), &descriptors)?;
    write_methods(&compiler.descriptor_pool(), &out.join("methods.rs"))?;

    let set = prost_types::FileDescriptorSet::decode(descriptors.as_slice())?;
    tonic_prost_build::configure().compile_fds(set)?;
    Ok(())
}

/// Writes the table of the methods that declare a permission; one that declares none has no entry.
fn write_methods(pool: &DescriptorPool, to: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let option = |name: &str| {
        let full_name = format!("regiment.v1.{name}");
        pool.get_extension_by_name(&full_name)
            .ok_or_else(|| format!("options.proto declares no extension named {full_name}"))
    };
    let (permission, cost) = (option("permission")?, option("cost")?);
    let mut table = String::from("[\n");
    for service in pool.services().filter(|service| service.package_name() == "regiment.v1") {
        for method in service.methods() {
            let options = method.options();
            if !options.has_extension(&permission) {
                continue;
            }
            let Value::EnumNumber(permission) = *options.get_extension(&permission) else {
                return Err(
                    format!("{} bears no enum as its permission", method.full_name()).into()
                );
            };
            let cost = options.get_extension(&cost).as_u32().unwrap_or_default().max(1);
            writeln!(
                table,
                "    (\"/{}/{}\", {permission}, {cost}, {}),",
                service.full_name(),
                method.name(),
                method.is_server_streaming(),
            )?;
        }
    }
    table.push(']');
    fs::write(to, table)?;
    Ok(())
}
