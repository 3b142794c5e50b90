# Filled by `cargo xtask release`: address, version and checksum of the source.
class Ijsberg < Formula
  desc "Estimate how many victims of human trafficking are on no list"
  homepage "@ADDRESS@"
  url "@ADDRESS@/ijsberg-@VERSION@-src.tar.gz"
  sha256 "@SHA256@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build
  uses_from_macos "perl" => :build

  def install
    system "cargo", "install", *std_cargo_args(path: "crates/ijsberg")
    generate_completions_from_executable(bin/"ijsberg", "completions", shells: [:bash, :zsh, :fish])
    system bin/"ijsberg", "man", "--out", buildpath/"man"
    man1.install Dir[buildpath/"man/*.1"]
  end

  test do
    (testpath/"table.csv").write <<~CSV
      A,B,C,count
      1,0,0,60
      0,1,0,40
      0,0,1,30
      1,1,0,10
      1,0,1,8
      0,1,1,6
      1,1,1,2
    CSV
    assert_match "156", shell_output("#{bin}/ijsberg estimate #{testpath}/table.csv --lang en")
    system bin/"ijsberg", "demo"
    assert_path_exists testpath/"demo"
  end
end
