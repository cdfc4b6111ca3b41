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

    [Fact]
    public async Task A_folder_outside_of_git_has_no_origin_and_a_fetched_one_its_address()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-origin-").FullName;
        try
        {
            Assert.Null(await ContextOrigin.ReadAsync(folder, null, CancellationToken.None));
            Assert.Equal(new BuildSource("https://host/a.tar"), await ContextOrigin.ReadAsync(folder, "https://host/a.tar#x", CancellationToken.None));
            Assert.Null(await ContextOrigin.NewestCommitAsync(folder, CancellationToken.None));
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}
