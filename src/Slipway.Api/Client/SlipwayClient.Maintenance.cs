using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    public IAsyncEnumerable<CollectProgress> CollectAsync(CollectRequest request, CancellationToken cancellationToken) =>
        PostLinesAsync(Routes.Collect, request, ApiJson.Default.CollectRequest, ApiJson.Default.CollectProgress, cancellationToken);

    public IAsyncEnumerable<VerifyProgress> VerifyAsync(VerifyRequest request, CancellationToken cancellationToken) =>
        PostLinesAsync(Routes.Verify, request, ApiJson.Default.VerifyRequest, ApiJson.Default.VerifyProgress, cancellationToken);

    /// <param name="target">A repo or a commit; null: every repo.</param>
    public Task<IReadOnlyList<UsageEntry>> GetUsageAsync(string? target, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.Usage, ("target", target)), ApiJson.Default.IReadOnlyListUsageEntry, cancellationToken);

    public Task<StoreRoomInfo> GetStoreRoomAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.StoreRoom, ApiJson.Default.StoreRoomInfo, cancellationToken);

    public IAsyncEnumerable<PurgeProgress> PurgeAsync(PurgeRequest request, CancellationToken cancellationToken) =>
        PostLinesAsync(Routes.Purge, request, ApiJson.Default.PurgeRequest, ApiJson.Default.PurgeProgress, cancellationToken);

    public Task<IReadOnlyList<PurgeInfo>> ListPurgesAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Purge, ApiJson.Default.IReadOnlyListPurgeInfo, cancellationToken);

    public Task<PurgeInfo> AllowPurgedAsync(AllowPurgedRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.PurgeAllow, request, ApiJson.Default.AllowPurgedRequest, ApiJson.Default.PurgeInfo, cancellationToken);

    public Task<IReadOnlyList<RetentionInfo>> ListRetentionAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Retention, ApiJson.Default.IReadOnlyListRetentionInfo, cancellationToken);

    public Task<RetentionInfo> SetRetentionAsync(RetentionInfo rule, CancellationToken cancellationToken) =>
        PostAsync(Routes.Retention, rule, ApiJson.Default.RetentionInfo, ApiJson.Default.RetentionInfo, cancellationToken);

    public Task<RetentionInfo> InspectRetentionAsync(string at, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.RetentionInspect, ("at", at)), ApiJson.Default.RetentionInfo, cancellationToken);

    public Task RemoveRetentionAsync(string at, CancellationToken cancellationToken) =>
        SendAsync("DELETE", Routes.WithQuery(Routes.Retention, ("at", at)), cancellationToken);

    private async IAsyncEnumerable<TLine> PostLinesAsync<TRequest, TLine>(
        string path, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TLine> lineType, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        HttpResponse response = await HttpExchange.SendAsync(
            Connector, "POST", path, JsonHeader, (stream, token) => stream.WriteAsync(json, token).AsTask(), json.Length, cancellationToken).ConfigureAwait(false);
        await foreach (TLine line in ReadLinesAsync(response, lineType, cancellationToken).ConfigureAwait(false))
        {
            yield return line;
        }
    }
}
