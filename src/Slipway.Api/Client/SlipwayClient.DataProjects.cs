namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    public Task<IReadOnlyList<DataProjectInfo>> ListDataProjectsAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.DataProjects, ApiJson.Default.IReadOnlyListDataProjectInfo, cancellationToken);

    public Task<DataProjectInfo> CreateDataProjectAsync(CreateDataProjectRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.DataProjects, request, ApiJson.Default.CreateDataProjectRequest, ApiJson.Default.DataProjectInfo, cancellationToken);

    public Task<DataProjectInfo> InspectDataProjectAsync(string project, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.DataProjectInspect, ("project", project)), ApiJson.Default.DataProjectInfo, cancellationToken);

    public Task<DataProjectInfo> RotateDataKeyAsync(string project, CancellationToken cancellationToken) =>
        SendAsync("POST", Routes.WithQuery(Routes.DataProjectRotate, ("project", project)), ApiJson.Default.DataProjectInfo, cancellationToken);

    /// <summary>Changes the master key. The bytes travel in the body, never in an address.</summary>
    public Task<RewrapInfo> RewrapAsync(RewrapRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.MasterKeyRotate, request, ApiJson.Default.RewrapRequest, ApiJson.Default.RewrapInfo, cancellationToken);
}
