namespace Slipway.Api.Tests.Builds;

/// <summary>The time of the newest commit that changed a folder: of whole clones, shallow ones, and where there is none.</summary>
public sealed class NewestCommitTests
{
    private const long First = TemporaryGit.FirstTime;

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task It_is_of_the_commit_that_changed_a_file_of_the_folder_last()
    {
        using TemporaryGit git = new();
        string sub = Path.Combine(git.Folder, "sub");
        await git.RunAsync("mkdir sub; echo 1 > sub/f; git add .; git commit -qm 1", "echo 1 > g; git add .; git commit -qm 2", "git commit -q --allow-empty -m 3");
        Assert.Equal(new(First, false), await NewestCommit.AskAsync(sub, None));
        Assert.Equal(new(First + 1, false), await NewestCommit.AskAsync(git.Folder, None));

        await git.RunAsync("echo 2 > sub/f; echo untracked > sub/h"); // What is not committed has no time.
        Assert.Equal(new(First, false), await NewestCommit.AskAsync(sub, None));
        await git.RunAsync("git commit -qam 5");
        Assert.Equal(new(First + 4, false), await NewestCommit.AskAsync(sub, None));
    }

    [Fact]
    public async Task A_branch_that_is_merged_whole_brings_its_own_time()
    {
        using TemporaryGit git = new();
        await git.RunAsync("echo 1 > f; git add .; git commit -qm 1", "git checkout -q -b side; echo 2 > f; git commit -qam 2", "git checkout -q main; git merge -q --no-ff -m 3 side");
        Assert.Equal(new(First + 1, false), await NewestCommit.AskAsync(git.Folder, None));
    }

    [Fact]
    public async Task Settings_of_the_user_change_nothing()
    {
        using TemporaryGit git = new();
        await git.RunAsync("git config log.showSignature true; git config log.follow true; git config color.ui always; git config log.date relative; git config format.pretty fuller; git config log.decorate full");
        await git.RunAsync("mkdir old; echo 1 > old/f; git add .; git commit -qm 1; git tag grafted", "git mv old new; git commit -qm 2");
        Assert.Equal(new(First + 2, false), await NewestCommit.AskAsync(Path.Combine(git.Folder, "new"), None));
        await git.RunAsync("git reset -q --hard HEAD~1; git branch grafted");
        Assert.Equal(new(First + 1, false), await NewestCommit.AskAsync(Path.Combine(git.Folder, "old"), None));
    }

    [Theory]
    [InlineData("git init -q .")]
    [InlineData("echo 1 > f; git add f; git commit -qm 1")]
    [InlineData("echo folder > .gitignore; git add .; git commit -qm 1; echo 1 > folder/f")]
    [InlineData("echo 1 > f; git add f; git commit -qm 1; echo broken > .git/HEAD")]
    public async Task Where_no_commit_is_known_there_is_no_time(string commands)
    {
        using TemporaryGit git = new();
        string folder = Directory.CreateDirectory(Path.Combine(git.Folder, "folder")).FullName;
        await git.RunAsync(commands);
        Assert.Equal(default, await NewestCommit.AskAsync(folder, None));
    }

    [Theory]
    [InlineData(1, "", 4, false)]
    [InlineData(1, "sub", null, true)]
    [InlineData(1, "other", null, true)]
    [InlineData(2, "", 4, false)]
    [InlineData(2, "sub", 4, false)]
    [InlineData(2, "other", null, true)]
    [InlineData(3, "other", null, true)]
    [InlineData(4, "other", 2, false)]
    [InlineData(4, "sub", 4, false)]
    [InlineData(9, "sub", 4, false)]
    [InlineData(9, "first", 1, false)]
    public async Task A_shallow_clone_says_so_where_its_history_ends_before_the_commit(int depth, string folder, int? commit, bool isCutOff)
    {
        using TemporaryGit git = new();
        await git.RunAsync(
            "mkdir first sub other; echo 1 > first/f; echo 1 > sub/f; git add .; git commit -qm 1",
            "echo 1 > other/f; git add .; git commit -qm 2",
            "echo 2 > sub/f; git commit -qam 3",
            "echo 3 > sub/f; git commit -qam 4");
        await git.RunAsync($"git clone -q --depth {depth} file://{git.Folder} ../clone", "cd ../clone; git worktree add -q ../beside; git worktree add -q --detach ../link; ln -s ../clone/sub ../beside/away");

        NewestCommit expected = new(First + commit - 1, isCutOff);
        Assert.Equal(expected, await NewestCommit.AskAsync(Path.Combine(git.Root, "clone", folder), None));
        Assert.Equal(expected, await NewestCommit.AskAsync(Path.Combine(git.Root, "beside", folder == "sub" ? "away" : folder), None));
    }

    [Fact]
    public async Task A_history_that_begins_in_a_shallow_clone_is_not_cut_off_there()
    {
        using TemporaryGit git = new();
        await git.RunAsync(
            "mkdir sub; echo 1 > sub/f; git add .; git commit -qm 1",
            "git checkout -q --orphan long; git rm -qrf .; echo 1 > g; git add .; git commit -qm 2",
            "echo 2 > g; git commit -qam 3",
            "echo 3 > g; git commit -qam 4",
            "git merge -q --allow-unrelated-histories -m 5 main");
        await git.RunAsync($"git clone -q --depth 3 file://{git.Folder} ../clone");
        Assert.True(File.Exists(Path.Combine(git.Root, "clone", ".git", "shallow")));
        Assert.Equal(new(First, false), await NewestCommit.AskAsync(Path.Combine(git.Root, "clone", "sub"), None));
    }
}
