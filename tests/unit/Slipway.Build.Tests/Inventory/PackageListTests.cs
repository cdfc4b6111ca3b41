using System.Text;

namespace Slipway.Build.Inventory;

/// <summary>Each package manager's own list, read.</summary>
public sealed class PackageListTests
{
    [Fact]
    public void Dpkg_lists_what_is_installed_and_not_what_was()
    {
        const string Status = """
            Package: libc6
            Status: install ok installed
            Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
            Architecture: amd64
            Source: glibc
            Version: 2.36-9+deb12u4
            Homepage: https://www.gnu.org/software/libc/libc.html
            Description: GNU C Library: Shared libraries
             Version: 9 of nothing

            Package: old
            Status: deinstall ok config-files
            Version: 1

            Package: half
            Status: install ok half-installed
            Version: 1
            """;

        Package package = Assert.Single(DpkgPackages.Parse(Status, "var/lib/dpkg/status"));

        Assert.Equal((PackageKind.Deb, "libc6", "2.36-9+deb12u4", "amd64", "glibc"), (package.Kind, package.Name, package.Version, package.Architecture, package.SourcePackage));
        Assert.Equal("pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12", PackageUrl.Of(package, new("debian", "12", "Debian 12")));
    }

    [Fact]
    public void Without_a_shell_dpkgs_files_have_no_status()
    {
        Package package = Assert.Single(DpkgPackages.Parse("Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n", "var/lib/dpkg/status.d/tzdata"));
        Assert.Equal("tzdata", package.Name);
    }

    [Fact]
    public void Apk_lists_fields_of_one_letter()
    {
        Package[] packages = [.. ApkPackages.Parse("C:Q1=\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\nF:lib\nR:libc.so\n\nP:busybox\nV:1.36.1-r29\nL:GPL-2.0-only\n", "lib/apk/db/installed")];

        Assert.Equal(["musl 1.2.5-r0 MIT", "busybox 1.36.1-r29 GPL-2.0-only"], packages.Select(package => $"{package.Name} {package.Version} {package.License}"));
        Assert.Equal("pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1", PackageUrl.Of(packages[0], new("alpine", "3.20.1", null)));
    }

    [Fact]
    public void Python_reads_the_head_of_the_metadata_alone()
    {
        Package package = PythonPackages.Parse("Metadata-Version: 2.1\nName: Typing_Extensions\nVersion: 4.12.2\nLicense: UNKNOWN\n\nName: something in the description\nVersion: 9\n", "m")!;

        Assert.Equal(("Typing_Extensions", "4.12.2", null), (package.Name, package.Version, package.License));
        Assert.Equal("pkg:pypi/typing-extensions@4.12.2", PackageUrl.Of(package, new(null, null, null)));
        Assert.Equal("a/x.dist-info/METADATA", PythonPackages.MetadataOf("a/x.dist-info", isFolder: true));
        Assert.Equal("a/x.egg-info/PKG-INFO", PythonPackages.MetadataOf("a/x.egg-info", isFolder: true));
        Assert.Equal("a/x.egg-info", PythonPackages.MetadataOf("a/x.egg-info", isFolder: false));
        Assert.Null(PythonPackages.MetadataOf("a/x.dist-info", isFolder: false));
        Assert.Null(PythonPackages.Parse("nothing", "m"));
    }

    [Theory]
    [InlineData("opt/conda/conda-meta/numpy-1.26.json", true)]
    [InlineData("opt/conda/conda-meta/history", false)]
    [InlineData("opt/other/numpy.json", false)]
    public void Conda_has_a_file_a_package(string path, bool expected) => Assert.Equal(expected, JsonPackages.IsConda(path));

    [Fact]
    public void Conda_tells_build_channel_and_platform()
    {
        Package package = JsonPackages.ParseConda(
            Utf8("""{"name":"numpy","version":"1.26.4","build":"py311h64a7726_0","channel":"https://conda.anaconda.org/conda-forge/linux-64","subdir":"linux-64","license":"BSD-3-Clause","url":"https://conda.anaconda.org/conda-forge/linux-64/numpy.conda"}"""), "m")!;

        Assert.Equal("pkg:conda/numpy@1.26.4?build=py311h64a7726_0&channel=conda-forge&subdir=linux-64", PackageUrl.Of(package, new(null, null, null)));
        Assert.Equal(("BSD-3-Clause", "https://conda.anaconda.org/conda-forge/linux-64/numpy.conda"), (package.License, package.Download));
    }

    [Theory]
    [InlineData("app/node_modules/left-pad", true)]
    [InlineData("app/node_modules/@scope/pkg", true)]
    [InlineData("app/node_modules/a/node_modules/b", true)]
    [InlineData("app/node_modules/@scope", false)]
    [InlineData("app/node_modules/.bin", false)]
    [InlineData("app/node_modules/a/lib", false)]
    [InlineData("app/src", false)]
    public void Npm_packages_are_folders_in_node_modules(string path, bool expected) => Assert.Equal(expected, JsonPackages.IsNpmFolder(path));

    [Fact]
    public void Npm_tells_name_version_and_license_in_either_form()
    {
        Package package = JsonPackages.ParseNpm(Utf8("""{"name":"@babel/core","version":"7.24.0","license":{"type":"MIT"},"author":{"name":"B"}}"""), "m")!;

        Assert.Equal(("MIT", "B"), (package.License, package.Maintainer));
        Assert.Equal("pkg:npm/%40babel/core@7.24.0", PackageUrl.Of(package, new(null, null, null)));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"name":1,"version":"2"}""")]
    [InlineData("""{"name":"\ud800","version":"2"}""")]
    public void What_is_no_such_json_is_no_package(string text) => Assert.Null(JsonPackages.ParseNpm(Utf8(text), "m"));

    [Fact]
    public void A_system_says_who_it_is()
    {
        Assert.Equal(new ImageSystem("debian", "12", "Debian GNU/Linux 12 (bookworm)"), ImageSystem.Parse("# c\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\n"));
        Assert.Equal(new ImageSystem(null, null, null), ImageSystem.Parse(""));
    }

    private static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
