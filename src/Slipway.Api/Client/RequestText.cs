using System.Text.Json;

namespace Slipway.Api;

/// <summary>The requests of commands that live for milliseconds, `slipway run` and `slipway build`, as JSON by hand (<see cref="JsonText"/>).</summary>
internal static class RequestText
{
    /// <summary>The request in UTF-8.</summary>
    public static byte[] Of(CreateContainerRequest request)
    {
        JsonText text = new();
        text.Add("image", request.Image);
        text.Add("name", request.Name);
        text.Add("command", request.Command);
        text.Add("entrypoint", request.Entrypoint);
        text.Add("environment", request.Environment);
        text.Add("workingDirectory", request.WorkingDirectory);
        text.Add("user", request.User);
        text.Add("mounts", request.Mounts, static (item, mount) =>
        {
            item.Add("source", mount.Source);
            item.Add("target", mount.Target);
            item.Add("readOnly", mount.ReadOnly);
        });
        text.Add("memoryBytes", request.MemoryBytes);
        text.Add("cpus", request.Cpus);
        text.Add("pidsLimit", request.PidsLimit);
        text.Add("tty", request.Tty);
        text.Add("openStdin", request.OpenStdin);
        if (request.TerminalSize is { } size)
        {
            text.Add("terminalSize", item =>
            {
                item.Add("rows", size.Rows);
                item.Add("cols", size.Cols);
            });
        }

        text.Add("network", request.Network switch { ContainerNetwork.Host => "host", ContainerNetwork.None => "none", _ => throw new ArgumentException($"there is no network {request.Network}") });
        text.Add("hostname", request.Hostname);
        text.Add("labels", request.Labels);
        text.Add("autoRemove", request.AutoRemove);
        text.Add("stopSignal", request.StopSignal);
        return text.End();
    }

    /// <summary>The request in UTF-8. Logins and shared caches, which are rare, are left to the serializer.</summary>
    public static byte[] Of(LocalBuildRequest request)
    {
        BuildOptions options = request.Options;
        if (options.RegistryAccounts.Count > 0 || options.CacheFrom.Count > 0 || options.CacheTo.Count > 0)
        {
            return JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.LocalBuildRequest);
        }

        JsonText text = new();
        text.Add("folder", request.Folder);
        text.Add("device", request.Device);
        text.Add("inode", request.Inode);
        text.Add("dockerfile", request.Dockerfile);
        text.Add("ignore", request.Ignore);
        text.Add("ignoreName", request.IgnoreName);
        text.Add("options", item => Add(item, options));
        return text.End();
    }

    private static void Add(JsonText text, BuildOptions options)
    {
        text.Add("tags", options.Tags);
        text.Add("dockerfileName", options.DockerfileName);
        text.Add("buildArgs", options.BuildArgs);
        text.Add("target", options.Target);
        text.Add("noCache", options.NoCache);
        text.Add("labels", options.Labels);
        text.Add("sourceDateEpoch", options.SourceDateEpoch);
        text.Add("sourceAnnotations", options.SourceAnnotations);
        text.Add("provenance", options.Provenance);
        text.Add("sbom", options.Sbom);
        text.Add("noCacheStages", options.NoCacheStages);
        text.Add("imageContexts", options.ImageContexts);
        text.Add("sshAgents", options.SshAgents);
        text.Add("allowed", options.Allowed);
        text.Add("check", options.Check);
        text.Add("pull", options.Pull);
        text.Add("offline", options.Offline);
        text.Add("verify", options.Verify);
        text.Add("keepFailure", options.KeepFailure);
    }
}
