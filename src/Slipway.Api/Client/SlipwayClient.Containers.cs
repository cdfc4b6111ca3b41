using System.Globalization;
using System.Text.Json;

namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    public Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(bool all, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.Containers, ("all", Flag(all))), ApiJson.Default.IReadOnlyListContainerSummary, cancellationToken);

    public Task<ContainerCreated> CreateContainerAsync(CreateContainerRequest request, bool start, CancellationToken cancellationToken) => PostAsync(
        Routes.WithQuery(Routes.Containers, ("start", Flag(start))), request, ApiJson.Default.CreateContainerRequest, ApiJson.Default.ContainerCreated, cancellationToken);

    public Task<ContainerDetails> InspectContainerAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(Routes.ForContainer(Routes.ContainerOne, id), ApiJson.Default.ContainerDetails, cancellationToken);

    public Task StartContainerAsync(string id, CancellationToken cancellationToken) =>
        SendAsync("POST", Routes.ForContainer(Routes.ContainerStart, id), cancellationToken);

    public Task KillContainerAsync(string id, string? signal, CancellationToken cancellationToken) =>
        SendAsync("POST", Routes.WithQuery(Routes.ForContainer(Routes.ContainerKill, id), ("signal", signal)), cancellationToken);

    public Task StopContainerAsync(string id, int? timeoutSeconds, CancellationToken cancellationToken) => SendAsync(
        "POST", Routes.WithQuery(Routes.ForContainer(Routes.ContainerStop, id), ("timeout", timeoutSeconds?.ToString(CultureInfo.InvariantCulture))), cancellationToken);

    public Task<ExitReport> WaitContainerAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(Routes.ForContainer(Routes.ContainerWait, id), ApiJson.Default.ExitReport, cancellationToken);

    public Task RemoveContainerAsync(string id, bool force, CancellationToken cancellationToken) =>
        SendAsync("DELETE", Routes.WithQuery(Routes.ForContainer(Routes.ContainerOne, id), ("force", Flag(force))), cancellationToken);

    /// <param name="tail">Only the last so many lines; null: all.</param>
    public IAsyncEnumerable<LogRecord> ReadLogsAsync(string id, bool follow, int? tail, CancellationToken cancellationToken) => StreamAsync(
        Routes.WithQuery(Routes.ForContainer(Routes.ContainerLogs, id), ("follow", Flag(follow)), ("tail", tail?.ToString(CultureInfo.InvariantCulture))),
        ApiJson.Default.LogRecord,
        cancellationToken);

    /// <summary>Creates, attaches and starts in one round trip.</summary>
    public Task<ContainerSession> RunContainerAsync(CreateContainerRequest request, CancellationToken cancellationToken) =>
        ContainerSession.OpenAsync(Connector, Routes.ContainerRun, RequestText.Of(request), cancellationToken);

    public Task<ContainerSession> ExecAsync(string id, ExecRequest request, CancellationToken cancellationToken) =>
        ContainerSession.OpenAsync(
            Connector, Routes.ForContainer(Routes.ContainerExec, id), JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.ExecRequest), cancellationToken);

    /// <param name="start">Starts the created container once we are attached.</param>
    public Task<ContainerSession> AttachContainerAsync(string id, bool start, CancellationToken cancellationToken) =>
        ContainerSession.OpenAsync(Connector, Routes.WithQuery(Routes.ForContainer(Routes.ContainerAttach, id), ("start", Flag(start))), default, cancellationToken);
}
