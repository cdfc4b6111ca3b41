using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// Finds the runtime that this machine runs best by running a container with it: the host's own programs, read-only, and <c>true</c>. crun comes
/// first for it is three times as fast; where it refuses, runc. The answer is remembered until the program, the kernel or the cgroups change.
/// </summary>
internal static class RuntimeProbe
{
    private static readonly string[] Candidates = ["crun", "runc"];

    /// <returns>The runtime and why better ones were passed over.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: none works; the message has each one's reason.</exception>
    public static async Task<(OciRuntime Runtime, ImmutableArray<string> Refused)> FindAsync(
        EngineOptions options, CgroupSupport cgroups, string stateDirectory, CancellationToken cancellationToken)
    {
        string file = Path.Combine(options.Directory, "runtimes.json");
        List<ProbeAnswer> known = Read(file);
        List<ProbeAnswer> answers = [];
        string[] candidates = options.RuntimePreference is { } preferred ? [preferred] : Candidates;
        List<string> refused = [];
        OciRuntime? found = null;
        foreach (string candidate in candidates)
        {
            if (Locate(candidate, options.SearchPath) is not { } path)
            {
                refused.Add($"{candidate} is not installed");
                continue;
            }

            string key = KeyOf(path);
            ProbeAnswer? answer = known.Find(answer => answer.Key == key) ?? await ProbeAsync(path, key, options, cgroups, cancellationToken);
            answers.Add(answer);
            if (answer.Refusal is null)
            {
                found = new OciRuntime(path, answer.Version, stateDirectory);
                break;
            }

            refused.Add($"{answer.Version} does not run here: {answer.Refusal}");
        }

        if (!answers.SequenceEqual(known))
        {
            await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(answers, ProbeJson.Default.ListProbeAnswer), cancellationToken);
        }

        return found is not null
            ? (found, [.. refused])
            : throw new SlipwayException(
                ErrorKind.Unavailable, $"no OCI runtime runs on this machine: {string.Join("; ", refused)}", "Install one as root: apt-get install runc conmon");
    }

    /// <summary>The first file of that name on the search path; a name with a slash is the file itself.</summary>
    public static string? Locate(string name, IReadOnlyList<string> searchPath) =>
        name.Contains('/', StringComparison.Ordinal)
            ? File.Exists(name) ? Path.GetFullPath(name) : null
            : searchPath.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    private static string KeyOf(string path)
    {
        FileInfo file = new(path);
        string kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        bool hybrid = File.Exists("/sys/fs/cgroup/unified/cgroup.procs");
        return $"{path} {file.Length} {file.LastWriteTimeUtc.Ticks} {kernel} {(hybrid ? "hybrid" : "plain")}";
    }

    private static async Task<ProbeAnswer> ProbeAsync(
        string path, string key, EngineOptions options, CgroupSupport cgroups, CancellationToken cancellationToken)
    {
        ProgramRun version = await ProgramRun.RunAsync(path, ["--version"], cancellationToken);
        string name = version.Output.Split('\n')[0].Replace(" version ", " ", StringComparison.Ordinal).Trim();
        if (version.ExitCode != 0 || name.Length == 0)
        {
            return new ProbeAnswer(key, Path.GetFileName(path), "it does not tell its version");
        }

        ContainerId id = ContainerId.New();
        string bundle = Path.Combine(options.Directory, $"probe-{id.Short}");
        try
        {
            string root = Path.Combine(bundle, "rootfs");
            Directory.CreateDirectory(root);
            await File.WriteAllBytesAsync(
                Path.Combine(bundle, "config.json"), JsonSerializer.SerializeToUtf8Bytes(ProbeSpec(id, root, cgroups), RuntimeSpecJson.Default.RuntimeSpec), cancellationToken);
            string state = Path.Combine(bundle, "state");
            ProgramRun run = await ProgramRun.RunAsync(path, ["--root", state, "run", "--bundle", bundle, id.ToString()], cancellationToken);
            return new ProbeAnswer(key, name, run.ExitCode == 0 ? null : RuntimeFailure.LastLine(run.Error));
        }
        finally
        {
            DirectoryTree.Delete(bundle);
        }
    }

    private static RuntimeSpec ProbeSpec(ContainerId id, string root, CgroupSupport cgroups)
    {
        IEnumerable<string> shown = ((string[])["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store"]).Where(Directory.Exists);
        ContainerSpec spec = new()
        {
            Image = new(default, default, new(), []),
            Mounts = [.. shown.Select(path => new Mount(path, path, ReadOnly: true))],
            Limits = new ResourceLimits(MemoryBytes: 256 * 1024 * 1024, Cpus: 1, Pids: 100),
            Network = NetworkMode.None,
        };
        string program = RuntimeProbe.Locate("true", ["/usr/bin", "/bin"]) ?? "/bin/true";
        return SpecBuilder.Build(spec, new SpecFacts
        {
            Id = id,
            Arguments = [program],
            RootPath = root,
            User = ContainerUser.Root,
            Hostname = "probe",
            OwnMounts = [],
            Cgroups = cgroups,
        });
    }

    private static List<ProbeAnswer> Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), ProbeJson.Default.ListProbeAnswer) ?? [];
        }
        catch (Exception fault) when (fault is IOException or JsonException)
        {
            return [];
        }
    }
}

/// <summary>What trying a runtime gave.</summary>
/// <param name="Key">Names the program's file, the kernel and the cgroups that it was tried with.</param>
/// <param name="Refusal">Why it does not run containers here; null where it does.</param>
internal sealed record ProbeAnswer(string Key, string Version, string? Refusal);

[JsonSerializable(typeof(List<ProbeAnswer>))]
internal sealed partial class ProbeJson : JsonSerializerContext;
