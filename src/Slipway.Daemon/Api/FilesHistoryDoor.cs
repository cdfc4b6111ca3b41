using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Diffs;

namespace Slipway.Daemon.Api;

/// <summary>What became of a path over the commits.</summary>
internal sealed class FilesHistoryDoor(CommitStore commits, RepoContents contents)
{
    private static readonly SearchValues<char> PatternMarks = SearchValues.Create("*?[{(\\");

    private readonly PathHistory _history = new(commits, contents);

    public void Map(WebApplication app) => app.MapGet(Routes.FilesFind, FindAsync);

    private async Task FindAsync(HttpContext http)
    {
        CommitReference at = CommitReference.Parse(Ask.Query(http, "at"));
        DataPath path = at.Path ?? DataPath.Root;
        bool isPattern = path.ToString().AsSpan().ContainsAny(PatternMarks)
            && ((await commits.ResolveAsync(at, http.RequestAborted)).Tree is not { } tree
                || await contents.Of(at.Repo).Trees.FindAsync(tree, path, http.RequestAborted) is null);
        IAsyncEnumerable<FileTouch> touches = _history.FindAsync(at, isPattern, http.RequestAborted)
            .Select(touch => new FileTouch(DataWire.Commit(touch.Commit), DataWire.Change(touch.Change)));
        await Answer.LinesAsync(http, Ask.Number(http, "limit") is { } limit ? touches.Take(limit) : touches, ApiJson.Default.FileTouch);
    }
}
