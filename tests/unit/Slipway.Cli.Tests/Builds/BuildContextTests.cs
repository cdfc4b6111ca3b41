using System.Formats.Tar;
using Slipway.Api;
using Slipway.Cli.Builds;

namespace Slipway.Cli.Tests.Builds;

public sealed class BuildContextTests
{
    [Fact]
    public async Task The_dockerfile_comes_first_then_the_folder_in_order()
    {
        using TestWorld world = new();
        world.Write("Dockerfile", "FROM x");
        world.Write("b/2", "2");
        world.Write("b/1", "1");
        world.Write("a", "a");
        Assert.Equal([BuildContextFormat.DockerfileEntry, "Dockerfile", "a", "b", "b/1", "b/2"], await NamesAsync(world, null));
    }

    [Fact]
    public async Task What_the_ignore_file_names_is_not_sent_and_what_it_takes_in_again_is_sent_with_its_folders()
    {
        using TestWorld world = new();
        world.Write("Dockerfile", "FROM x");
        world.Write(".dockerignore", "*\n!src/app/*.py\n");
        world.Write("src/app/main.py", "");
        world.Write("src/app/notes.txt", "");
        world.Write("src/other/x.py", "");
        world.Write("secret", "");
        Assert.Equal([BuildContextFormat.DockerfileEntry, "src", "src/app", "src/app/main.py", BuildContextFormat.IgnoredEntry], await NamesAsync(world, null));
    }

    [Fact]
    public async Task A_dockerfiles_own_ignore_file_goes_before_the_folders()
    {
        using TestWorld world = new();
        world.Write("deploy/app.Dockerfile", "FROM x");
        world.Write("deploy/app.Dockerfile.dockerignore", "deploy\n.dockerignore\n");
        world.Write(".dockerignore", "keep\n");
        world.Write("keep", "");
        Assert.Equal([BuildContextFormat.DockerfileEntry, "keep", BuildContextFormat.IgnoredEntry], await NamesAsync(world, "deploy/app.Dockerfile"));
    }

    [Fact]
    public async Task A_missing_dockerfile_or_folder_is_named()
    {
        using TestWorld world = new();
        Assert.Contains("no Dockerfile './Dockerfile'", (await Assert.ThrowsAsync<CliException>(() => BuildContext.OpenAsync(world.Context, ".", null, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Contains("no folder 'nope'", (await Assert.ThrowsAsync<CliException>(() => BuildContext.OpenAsync(world.Context, "nope", null, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> NamesAsync(TestWorld world, string? file)
    {
        BuildContext context = await BuildContext.OpenAsync(world.Context, ".", file, CancellationToken.None);
        using MemoryStream tar = new();
        await context.WriteAsync(tar, null, CancellationToken.None);
        tar.Position = 0;
        using TarReader reader = new(tar);
        List<string> names = [];
        while (reader.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name.TrimEnd('/'));
        }

        return names;
    }
}
