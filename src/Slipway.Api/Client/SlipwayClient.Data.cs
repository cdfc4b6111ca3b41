using System.Globalization;

namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    public Task<IReadOnlyList<RepoInfo>> ListReposAsync(CancellationToken cancellationToken) => ListReposAsync(null, null, cancellationToken);

    /// <param name="after">Only the repos whose names follow this one.</param>
    /// <param name="limit">So many at most.</param>
    public Task<IReadOnlyList<RepoInfo>> ListReposAsync(string? after, int? limit, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.Repos, ("after", after), ("limit", Text(limit))), ApiJson.Default.IReadOnlyListRepoInfo, cancellationToken);

    public Task<RepoInfo> CreateRepoAsync(CreateRepoRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Repos, request, ApiJson.Default.CreateRepoRequest, ApiJson.Default.RepoInfo, cancellationToken);

    public Task<RepoInfo> InspectRepoAsync(string repo, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.RepoInspect, ("repo", repo)), ApiJson.Default.RepoInfo, cancellationToken);

    public Task DeleteRepoAsync(string repo, bool force, CancellationToken cancellationToken) =>
        SendAsync("DELETE", Routes.WithQuery(Routes.Repos, ("repo", repo), ("force", Flag(force))), cancellationToken);

    public Task<CommitInfo> StartCommitAsync(StartCommitRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Commits, request, ApiJson.Default.StartCommitRequest, ApiJson.Default.CommitInfo, cancellationToken);

    public Task<CommitInfo> FinishCommitAsync(FinishCommitRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.CommitFinish, request, ApiJson.Default.FinishCommitRequest, ApiJson.Default.CommitInfo, cancellationToken);

    public Task<IReadOnlyList<CommitInfo>> ListCommitsAsync(string repo, string? branch, int? limit, CancellationToken cancellationToken) =>
        ListCommitsAsync(repo, branch, null, limit, cancellationToken);

    /// <param name="after">Global id: only what the listing has behind this commit.</param>
    /// <param name="limit">So many at most.</param>
    public Task<IReadOnlyList<CommitInfo>> ListCommitsAsync(string repo, string? branch, string? after, int? limit, CancellationToken cancellationToken) => GetAsync(
        Routes.WithQuery(Routes.Commits, ("repo", repo), ("branch", branch), ("after", after), ("limit", Text(limit))),
        ApiJson.Default.IReadOnlyListCommitInfo,
        cancellationToken);

    public Task<IReadOnlyList<CommitInfo>> ListCommitsByIdAsync(string globalId, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.Commits, ("id", globalId)), ApiJson.Default.IReadOnlyListCommitInfo, cancellationToken);

    public Task<CommitInfo> InspectCommitAsync(string at, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.CommitInspect, ("at", at)), ApiJson.Default.CommitInfo, cancellationToken);

    public Task<DropInfo> DropCommitAsync(DropCommitRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.CommitDrop, request, ApiJson.Default.DropCommitRequest, ApiJson.Default.DropInfo, cancellationToken);

    public Task<SquashInfo> SquashCommitsAsync(SquashRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.CommitSquash, request, ApiJson.Default.SquashRequest, ApiJson.Default.SquashInfo, cancellationToken);

    public Task<RepoInfo> RenameRepoAsync(RenameRepoRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.RepoRename, request, ApiJson.Default.RenameRepoRequest, ApiJson.Default.RepoInfo, cancellationToken);

    /// <param name="body">Writes the file's bytes; exactly <paramref name="length"/> of them where that is given.</param>
    public Task<PutResult> PutFileAsync(
        string at, PutOptions options, bool executable, Func<Stream, CancellationToken, Task> body, long? length, CancellationToken cancellationToken) => UploadAsync(
        "PUT",
        Routes.WithQuery(Routes.Files, ("at", at), ("message", options.Message), ("author", options.Author), ("executable", Flag(executable)), ("append", Flag(options.Append))),
        "Content-Type: application/octet-stream\r\n",
        body,
        length,
        ApiJson.Default.PutResult,
        cancellationToken);

    /// <summary>Lets the server read files of its own machine; null where it declines, and they must be sent.</summary>
    public async Task<PutResult?> PutLocalAsync(
        string at, PutOptions options, LocalPutRequest request, Action<LocalPutProgress> report, CancellationToken cancellationToken)
    {
        string path = Routes.WithQuery(
            Routes.FilesLocal,
            ("at", at),
            ("message", options.Message),
            ("author", options.Author),
            ("replace", Flag(options.Replace)),
            ("append", Flag(options.Append)),
            ("expect", options.Expect));
        await foreach (LocalPutProgress progress in PostLinesAsync(
            path, request, ApiJson.Default.LocalPutRequest, ApiJson.Default.LocalPutProgress, cancellationToken).ConfigureAwait(false))
        {
            if (progress.Result is not null || progress.Declined is not null)
            {
                return progress.Result;
            }

            report(progress);
        }

        throw new ApiException(new ProblemDetails(ProblemKinds.Internal, "the server's answer ended without a result"));
    }

    /// <summary>Lets the server write a folder's files on its own machine; false where it declines, and they must be fetched.</summary>
    public async Task<bool> GetLocalAsync(string at, LocalGetRequest request, Action<LocalGetProgress> report, CancellationToken cancellationToken)
    {
        await foreach (LocalGetProgress progress in PostLinesAsync(
            Routes.WithQuery(Routes.FilesLocalGet, ("at", at)), request, ApiJson.Default.LocalGetRequest, ApiJson.Default.LocalGetProgress, cancellationToken).ConfigureAwait(false))
        {
            report(progress);
            if (progress.Done || progress.Declined is not null)
            {
                return progress.Done;
            }
        }

        throw new ApiException(new ProblemDetails(ProblemKinds.Internal, "the server's answer ended without a result"));
    }

    /// <summary>What differs between a folder of this machine and a commit; null where the server cannot read it itself.</summary>
    public async Task<IReadOnlyList<FileChange>?> StatusAsync(string at, LocalSource folder, Action<LocalStatusProgress> report, CancellationToken cancellationToken)
    {
        List<FileChange> changes = [];
        await foreach (LocalStatusProgress progress in PostLinesAsync(
            Routes.WithQuery(Routes.FilesLocalStatus, ("at", at)), folder, ApiJson.Default.LocalSource, ApiJson.Default.LocalStatusProgress, cancellationToken).ConfigureAwait(false))
        {
            if (progress.Done || progress.Declined is not null)
            {
                return progress.Done ? changes : null;
            }

            if (progress.Change is { } change)
            {
                changes.Add(change);
            }
            else
            {
                report(progress);
            }
        }

        throw new ApiException(new ProblemDetails(ProblemKinds.Internal, "the server's answer ended without a result"));
    }

    /// <summary>Lets the server bring a folder of this machine to a commit.</summary>
    /// <returns>The last record: with a result, or declined.</returns>
    public async Task<LocalCheckoutProgress> CheckoutAsync(string at, LocalCheckoutRequest request, Action<LocalCheckoutProgress> report, CancellationToken cancellationToken)
    {
        await foreach (LocalCheckoutProgress progress in PostLinesAsync(
            Routes.WithQuery(Routes.FilesLocalCheckout, ("at", at)), request, ApiJson.Default.LocalCheckoutRequest, ApiJson.Default.LocalCheckoutProgress, cancellationToken).ConfigureAwait(false))
        {
            if (progress.Result is not null || progress.Declined is not null)
            {
                return progress;
            }

            report(progress);
        }

        throw new ApiException(new ProblemDetails(ProblemKinds.Internal, "the server's answer ended without a result"));
    }

    /// <param name="tar">Writes a tar whose names are relative to the folder at <paramref name="at"/>.</param>
    public Task<PutResult> PutTarAsync(string at, PutOptions options, Func<Stream, CancellationToken, Task> tar, CancellationToken cancellationToken) => UploadAsync(
        "POST",
        Routes.WithQuery(Routes.FilesTar, ("at", at), ("message", options.Message), ("author", options.Author), ("replace", Flag(options.Replace))),
        $"Content-Type: {BuildContextFormat.MediaType}\r\n",
        tar,
        null,
        ApiJson.Default.PutResult,
        cancellationToken);

    public Task<PutResult> DeleteFileAsync(string at, PutOptions options, CancellationToken cancellationToken) => SendAsync(
        "DELETE",
        Routes.WithQuery(Routes.Files, ("at", at), ("message", options.Message), ("author", options.Author)),
        ApiJson.Default.PutResult,
        cancellationToken);

    /// <summary>The bytes of a file, from <paramref name="from"/> on.</summary>
    public Task<Stream> GetFileAsync(string at, long from, CancellationToken cancellationToken) =>
        GetFileRangeAsync(at, from > 0 ? $"{from.ToString(CultureInfo.InvariantCulture)}-" : null, cancellationToken);

    /// <summary>A range of a file's bytes.</summary>
    /// <param name="bytes">As in HTTP: "0-99", "100-", "-100"; null: all.</param>
    public async Task<Stream> GetFileRangeAsync(string at, string? bytes, CancellationToken cancellationToken)
    {
        string range = bytes is null ? "" : $"Range: bytes={bytes}\r\n";
        HttpResponse response = await HttpExchange.SendAsync(
            Connector, "GET", Routes.WithQuery(Routes.Files, ("at", at)), range, null, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    public async Task<Stream> GetTarAsync(string at, CancellationToken cancellationToken)
    {
        HttpResponse response = await HttpExchange.SendAsync(
            Connector, "GET", Routes.WithQuery(Routes.FilesTar, ("at", at)), "", null, null, cancellationToken).ConfigureAwait(false);
        return response.Body;
    }

    public Task<PutResult> EditFilesAsync(string at, PutOptions options, EditFilesRequest request, CancellationToken cancellationToken) => PostAsync(
        Routes.WithQuery(Routes.FilesEdit, ("at", at), ("message", options.Message), ("author", options.Author)),
        request,
        ApiJson.Default.EditFilesRequest,
        ApiJson.Default.PutResult,
        cancellationToken);

    /// <param name="after">Of one folder: only the entries whose names follow this one.</param>
    /// <param name="limit">Of one folder: so many at most.</param>
    public IAsyncEnumerable<FileEntry> ListFilesAsync(string at, bool recursive, string? after, int? limit, CancellationToken cancellationToken) =>
        ListFilesAsync(at, recursive, after, limit, targets: false, cancellationToken);

    /// <inheritdoc cref="ListFilesAsync(string, bool, string?, int?, CancellationToken)"/>
    /// <param name="targets">Links say where they lead.</param>
    public IAsyncEnumerable<FileEntry> ListFilesAsync(
        string at, bool recursive, string? after, int? limit, bool targets, CancellationToken cancellationToken) => StreamAsync(
        Routes.WithQuery(
            Routes.FilesList, ("at", at), ("recursive", Flag(recursive)), ("after", after), ("limit", Text(limit)), ("targets", Flag(targets))),
        ApiJson.Default.FileEntry,
        cancellationToken);

    public IAsyncEnumerable<FileEntry> GlobAsync(string at, string pattern, CancellationToken cancellationToken) =>
        StreamAsync(Routes.WithQuery(Routes.FilesGlob, ("at", at), ("pattern", pattern)), ApiJson.Default.FileEntry, cancellationToken);

    public Task<FileEntry> InspectFileAsync(string at, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.FileInspect, ("at", at)), ApiJson.Default.FileEntry, cancellationToken);

    /// <param name="from">Null: the parent of <paramref name="to"/>.</param>
    /// <param name="facts">Also how the files differ inside.</param>
    /// <param name="context">With <paramref name="facts"/>: how many unchanged lines of text are shown around a change; null: no text is.</param>
    public IAsyncEnumerable<FileChange> DiffAsync(string? from, string to, bool facts, int? context, CancellationToken cancellationToken) => StreamAsync(
        Routes.WithQuery(Routes.Diff, ("from", from), ("to", to), ("facts", Flag(facts)), ("context", context?.ToString(CultureInfo.InvariantCulture))),
        ApiJson.Default.FileChange,
        cancellationToken);
}
