using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content.Keys;
using Slipway.Data.Projects;

namespace Slipway.Daemon.Api;

/// <summary>Data projects: list, create, inspect; new data keys, another master key.</summary>
internal sealed class DataProjectsDoor(DataProjectStore projects)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.DataProjects, ListAsync);
        app.MapPost(Routes.DataProjects, CreateAsync);
        app.MapGet(Routes.DataProjectInspect, InspectAsync);
        app.MapPost(Routes.DataProjectRotate, RotateAsync);
        app.MapPost(Routes.MasterKeyRotate, RewrapAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        IReadOnlyList<DataProjectInfo> list = [.. (await projects.ListAsync(http.RequestAborted)).Select(InfoOf)];
        await Answer.JsonAsync(http, list, ApiJson.Default.IReadOnlyListDataProjectInfo);
    }

    private async Task CreateAsync(HttpContext http)
    {
        CreateDataProjectRequest request = await Ask.BodyAsync(http, ApiJson.Default.CreateDataProjectRequest);
        DataProject project = await projects.CreateAsync(request.Name, request.Description ?? "", request.Encrypt, http.RequestAborted);
        await AnswerAsync(http, project);
    }

    private async Task InspectAsync(HttpContext http) => await AnswerAsync(http, await projects.GetAsync(Ask.Query(http, "project"), http.RequestAborted));

    private async Task RotateAsync(HttpContext http) => await AnswerAsync(http, await projects.AddKeyAsync(Ask.Query(http, "project"), http.RequestAborted));

    private async Task RewrapAsync(HttpContext http)
    {
        RewrapRequest request = await Ask.BodyAsync(http, ApiJson.Default.RewrapRequest);
        try
        {
            MasterKey next = MasterKey.Parse(request.MasterKey);
            int count = await projects.RewrapAsync(next, http.RequestAborted);
            await Answer.JsonAsync(http, new RewrapInfo(next.Id, count), ApiJson.Default.RewrapInfo);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(request.MasterKey);
        }
    }

    private Task AnswerAsync(HttpContext http, DataProject project) => Answer.JsonAsync(http, InfoOf(project), ApiJson.Default.DataProjectInfo);

    private DataProjectInfo InfoOf(DataProject project) => new(
        project.Name,
        project.Created,
        project.Description.Length > 0 ? project.Description : null,
        project.Seal is not null,
        projects.FindLock(project.Name)?.Message,
        project.Seal?.MasterKey,
        project.Seal is { } seal ? [.. seal.Data.Select(key => new DataKeyInfo(key.Id.ToString("n"), key.Created))] : null);
}
