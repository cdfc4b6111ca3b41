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
        using TemporaryGit git = new();
        string pid = Path.Combine(git.Folder, ".git", "pid");
        await git.RunAsync("echo one > file; git add file; git commit -q -m one", $"mkfifo {pid}");
        Assert.Equal(false, (await BeginAsync(git.Folder))!.IsDirty);

        // The filter of a changed file is what git waits for here.
        await git.RunAsync($"echo 'file filter=slow' > .gitattributes; echo two > file; git config filter.slow.clean 'echo $$ > {pid}; exec sleep 1000'");
        Func<Task<BuildSource?>> origin = ContextOrigin.Begin(git.Folder, null, new BuildOptions(), new HastyClock(), CancellationToken.None);
        using Process filter = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid), CultureInfo.InvariantCulture));
        BuildSource source = (await origin())!;
        Assert.Equal(("refs/heads/main", null, TemporaryGit.FirstTime), (source.Reference, source.IsDirty, source.CommitTime));
        Assert.Equal(40, source.Commit!.Length);
        await filter.WaitForExitAsync();
    }

    [Fact]
    public async Task A_folder_outside_of_git_has_no_origin_and_a_fetched_one_its_address()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-origin-").FullName;
        try
        {
            Assert.Null(await BeginAsync(folder));
            Assert.Equal(new BuildSource("https://host/a.tar"), await BeginAsync(folder, address: "https://host/a.tar#x"));
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    [Fact]
    public async Task Only_what_a_build_needs_is_asked()
    {
        using TemporaryGit git = new();
        await git.RunAsync("echo one > file; git add file; git commit -q -m one; git remote add origin https://host/repo.git");

        BuildSource all = (await BeginAsync(git.Folder))!;
        Assert.Equal(("https://host/repo.git", TemporaryGit.FirstTime), (all.Uri, all.CommitTime));
        Assert.Equal(all with { CommitTime = null }, await BeginAsync(git.Folder, new() { SourceDateEpoch = 7 }));
        Assert.Equal(new BuildSource { CommitTime = TemporaryGit.FirstTime }, await BeginAsync(git.Folder, new() { Provenance = "none" }));
        Assert.Null(await BeginAsync(git.Folder, new() { Provenance = "none", SourceDateEpoch = 7 }, "https://host/repo.git"));
        Assert.Null(await BeginAsync(git.Folder, new() { Check = true }));
        Assert.Equal(new BuildSource("https://host/other.git", all.Reference, all.Commit, false) { CommitTime = all.CommitTime }, await BeginAsync(git.Folder, address: "https://host/other.git#main"));
    }

    private static Task<BuildSource?> BeginAsync(string folder, BuildOptions? options = null, string? address = null) =>
        ContextOrigin.Begin(folder, address, options ?? new BuildOptions(), TimeProvider.System, CancellationToken.None)();

    /// <summary>A clock on which every wait is over at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
