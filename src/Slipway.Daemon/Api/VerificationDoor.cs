using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Verification;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Worktrees.Scanning;

namespace Slipway.Daemon.Api;

/// <summary>Verifies the store or some commits, and mends them; hands single blobs to other servers that do.</summary>
internal sealed class VerificationDoor(StoreVerifier verifier, CommitStore commits, IBlobStore blobs, FolderReader reader)
{
    public void Map(WebApplication app)
    {
        app.MapPost(Routes.Verify, VerifyAsync);
        app.MapGet(Routes.StoredBlobs, BlobAsync);
    }

    private async Task VerifyAsync(HttpContext http)
    {
        VerifyRequest request = await Ask.BodyAsync(http, ApiJson.Default.VerifyRequest);
        List<IGoodCopies> copies = [.. (request.From ?? []).Select(Copies)];
        try
        {
            IReadOnlyList<Commit>? scope = request.Target is { } target ? await ScopeAsync(target, http.RequestAborted) : null;
            await ProgressLines.SendAsync<VerificationStep, VerifyProgress>(
                http,
                step => new VerifyProgress(step.What, step.Done),
                async progress =>
                {
                    long began = Stopwatch.GetTimestamp();
                    List<IGoodCopies>? mending = request.Repair ? copies : null;
                    VerificationReport report = scope is null
                        ? await verifier.VerifyAllAsync(mending, progress, http.RequestAborted)
                        : await verifier.VerifyAsync(scope, mending, progress, http.RequestAborted);
                    if (!report.Faults.IsEmpty)
                    {
                        // Who has the originals may put them again: then they are to be read, although a commit has them.
                        reader.Forget();
                    }

                    return new VerifyProgress("done", report.Bytes, ResultOf(report, Stopwatch.GetElapsedTime(began)));
                },
                ApiJson.Default.VerifyProgress);
        }
        finally
        {
            copies.ForEach(copy => copy.Dispose());
        }
    }

    private async Task BlobAsync(HttpContext http)
    {
        Digest digest = Digest.Parse(Ask.Query(http, "digest"));
        await using Stream content = await blobs.OpenAsync(digest, http.RequestAborted);
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = content.Length;
        await content.CopyToAsync(http.Response.Body, 1 << 20, http.RequestAborted);
    }

    /// <summary><c>repo</c> means all of its commits, <c>repo@revision</c> one.</summary>
    private async Task<IReadOnlyList<Commit>> ScopeAsync(string target, CancellationToken cancellationToken) => target.Contains('@', StringComparison.Ordinal)
        ? [await commits.ResolveAsync(CommitReference.Parse(target), cancellationToken)]
        : await commits.LogAsync(RepoName.Parse(target), null, cancellationToken).ToListAsync(cancellationToken);

    private static IGoodCopies Copies(string from) =>
        Uri.TryCreate(from, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" ? new ServerCopies(address) : new FolderCopies(from);

    private static VerifyResult ResultOf(VerificationReport report, TimeSpan took) => new(
        [.. report.Faults.Select(fault => new VerifyFault(fault.Kind, fault.What, fault.Why, fault.Hits, fault.MoreHits, fault.Repaired, fault.Note))],
        report.Blobs,
        report.Bytes,
        report.Records,
        report.Commits,
        report.Purged,
        took.TotalSeconds);
}
