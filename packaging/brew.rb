# Installs a formula from a file of its source and runs its test, as `brew install --formula` and `brew test` do, where Homebrew itself
# cannot be had. It knows the words that packaging/ijsberg.rb uses and no others: another word is an error, and so is a source that is not
# the one that the formula names.
#
#     ruby brew.rb FORMULA SOURCE CELLAR
#
# Nothing is fetched. The programs that the formula depends on are those of this machine.
require "digest"
require "fileutils"
require "pathname"
require "tmpdir"

# Which program of this machine a dependency is.
PROGRAMS = { "rust" => "cargo", "perl" => "perl" }.freeze

def must(holds, what) = holds || abort("FAILED: #{what}")

class Pathname
  # Homebrew moves what is installed, and makes the folder.
  def install(*files)
    files.flatten!
    must(!files.empty?, "nothing to install in #{self}")
    mkpath
    files.each { |file| FileUtils.mv(file.to_s, to_s) }
  end
end

class Formula
  WRITTEN = []

  class << self
    def inherited(kind)
      super
      kind.instance_variable_set(:@said, {})
      WRITTEN << kind
    end

    # What is said with a value is asked without one.
    %i[desc homepage url sha256 license].each do |word|
      define_method(word) { |value = nil| value.nil? ? @said.fetch(word) : @said[word] = value }
    end

    def depends_on(what)
      what.each_key do |name|
        program = PROGRAMS.fetch(name)
        there = ENV.fetch("PATH").split(":").any? { |folder| File.executable?(File.join(folder, program)) }
        must(there, "it depends on #{name}, and there is no #{program}")
      end
    end
    alias uses_from_macos depends_on

    def test(&block) = block ? @test = block : @test
  end

  attr_reader :buildpath, :testpath

  def initialize(cellar) = @cellar = Pathname.new(cellar).expand_path

  # Homebrew takes the version from the address.
  def version
    number = self.class.url[/-(\d+(?:\.\d+)+)-src\.tar\.gz\z/, 1]
    must(number, "no version in #{self.class.url}")
  end

  def prefix = @cellar/"ijsberg"/version
  def bin = prefix/"bin"
  def share = prefix/"share"
  def man1 = share/"man/man1"

  def system(*words) = must(Kernel.system(*words.map(&:to_s)), words.join(" "))

  def std_cargo_args(root: prefix, path: ".") = ["--locked", "--root=#{root}", "--path=#{path}"]

  def generate_completions_from_executable(program, *words, shells:)
    places = {
      bash: prefix/"etc/bash_completion.d/ijsberg",
      zsh: share/"zsh/site-functions/_ijsberg",
      fish: share/"fish/vendor_completions.d/ijsberg.fish",
    }
    shells.each do |shell|
      places.fetch(shell).dirname.mkpath
      places.fetch(shell).write(shell_output([program, *words, shell].join(" ")))
    end
  end

  def shell_output(command)
    said = IO.popen(command, &:read)
    must($?.success?, command)
    said
  end

  def assert_match(part, all) = must(all.include?(part), "no #{part} in #{all}")
  def assert_path_exists(path) = must(path.exist?, "no #{path}")

  # Unpacks the source and does the steps of `install` in its folder.
  def made_from(source)
    must(Digest::SHA256.file(source).hexdigest == self.class.sha256, "#{source} has another sum than the formula says")
    must(File.basename(source) == File.basename(self.class.url), "the formula is of #{self.class.url}")
    Dir.mktmpdir do |place|
      system "tar", "-xf", source, "-C", place
      folders = Pathname.new(place).children
      must(folders.one?, "#{source} is not one folder")
      @buildpath = folders.first
      Dir.chdir(@buildpath) { install }
    end
  end

  def tried
    Dir.mktmpdir do |place|
      @testpath = Pathname.new(place)
      ENV["HOME"] = place
      Dir.chdir(place) { instance_exec(&self.class.test) }
    end
  end
end

formula, source, cellar = ARGV
load File.expand_path(formula)
must(Formula::WRITTEN.one?, "#{formula} is not one formula")
kind = Formula::WRITTEN.first
must(kind.name == File.basename(formula, ".rb").capitalize, "#{formula} is of #{kind.name}")
must(kind.desc.length <= 80 && kind.homepage.start_with?("https://") && kind.license, "a description, a homepage and a licence")
made = kind.new(cellar)
made.made_from(File.expand_path(source))
made.tried
puts made.prefix
