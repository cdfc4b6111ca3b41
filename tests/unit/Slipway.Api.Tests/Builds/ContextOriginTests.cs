using System.Diagnostics;
using System.Globalization;

namespace Slipway.Api.Tests.Builds;

/// <summary>What git says of a context.</summary>
public sealed class ContextOriginTests
{
    [Theory]
    [InlineData("# branch.oid 12ab\n# branch.head main\n", "refs/heads/main", false)]
    [InlineData("# branch.oid 12ab\n# branch.head (detached)\n# branch.ab +1 -0\n", null, false)]
    [InlineData("# branch.oid 12ab\n# branch.head a/b c\n1 .M N... 100644 100644 100644 a b file", "refs/heads/a/b c", true)]
    [InlineData("# branch.oid 12ab\n# branch.head main\n? new file", "refs/heads/main", true)]
    public void A_status_tells_commit_branch_and_whether_files_were_changed(string status, string? reference, bool dirty) =>
        Assert.Equal(new BuildSource("url", reference, "12ab", dirty), ContextOrigin.Parse(status, "url"));

    [Fact]
    public void Before_the_first_commit_there_is_nothing_to_tell() => Assert.Null(ContextOrigin.Parse("# branch.oid (initial)\n# branch.head main\n? a", "url"));

    [Theory]
    [InlineData("12ab\nrefs/heads/main", "refs/heads/main", "12ab")]
    [InlineData("12ab\nHEAD", null, "12ab")]
    [InlineData("", null, null)]
    [InlineData(null, null, null)]
    public void What_is_checked_out_alone_says_nothing_of_changed_files(string? head, string? reference, string? commit) =>
        Assert.Equal(commit is null ? null : new BuildSource("url", reference, commit, null), ContextOrigin.ParseHead(head, "url"));

    [Fact]
    public async Task A_repository_that_git_does_not_get_through_holds_nothing_back()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-origin-").FullName, pid = Path.Combine(folder, ".git", "pid");
        try
        {
            foreach (string line in (string[])["git init -q -b main .", "echo one > file", "git add file", "git -c user.name=me -c user.email=me@host commit -q -m one", $"mkfifo {pid}"])
            {
                await ShellAsync(folder, line);
            }

            Assert.Equal(false, (await ContextOrigin.Begin(folder, null, TimeProvider.System, CancellationToken.None)())!.IsDirty);

            // The filter of a changed file is what git waits for here.
            await ShellAsync(folder, $"echo 'file filter=slow' > .gitattributes; echo two > file; git config filter.slow.clean 'echo $$ > {pid}; exec sleep 1000'");
            Func<Task<BuildSource?>> origin = ContextOrigin.Begin(folder, null, new HastyClock(), CancellationToken.None);
            using Process filter = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid), CultureInfo.InvariantCulture));
            BuildSource source = (await origin())!;
            Assert.Equal(("refs/heads/main", null), (source.Reference, source.IsDirty));
            Assert.Equal(40, source.Commit!.Length);
            await filter.WaitForExitAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_outside_of_git_has_no_origin_and_a_fetched_one_its_address()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-origin-").FullName;
        try
        {
            Assert.Null(await ContextOrigin.Begin(folder, null, TimeProvider.System, CancellationToken.None)());
            Assert.Equal(new BuildSource("https://host/a.tar"), await ContextOrigin.Begin(folder, "https://host/a.tar#x", TimeProvider.System, CancellationToken.None)());
            Assert.Null(await ContextOrigin.NewestCommitAsync(folder, CancellationToken.None));
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    private static async Task ShellAsync(string folder, string line)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", line]) { WorkingDirectory = folder })!;
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
    }

    /// <summary>A clock on which every wait is over at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
