using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;
using Slipway.Images;

namespace Slipway.Build.Planning;

/// <summary>
/// Walks one stage's instructions with the state that they change (environment, arguments, user, directory, shell) and writes down steps whose
/// variables are all replaced, and the config that results.
/// </summary>
internal sealed class StagePlanner(
    Stage stage, ImageConfig config, StageGraph graph, GlobalScope global, char escape, string created, PlanFaults faults)
{
    private static readonly ImmutableArray<string> DefaultShell = ["/bin/sh", "-c"];

    private readonly ImmutableArray<PlannedStep>.Builder _steps = ImmutableArray.CreateBuilder<PlannedStep>();
    private readonly Dictionary<string, string> _arguments = new(StringComparer.Ordinal);
    private readonly List<string> _argumentOrder = [];
    private readonly WordExpander _expander = new(escape);
    private ImageConfig _config = config;
    private bool _hasCommand;

    public PlannedStage Plan(StageBase start)
    {
        foreach (Instruction trigger in graph.TriggersOf(stage))
        {
            Apply(trigger, span: null);
        }

        foreach (Instruction instruction in stage.Instructions)
        {
            Apply(instruction, instruction.Span);
        }

        return new(stage.Index, stage.DisplayName, start, _steps.ToImmutable(), _config);
    }

    private void Apply(Instruction instruction, SourceSpan? span)
    {
        SourceSpan where = span ?? stage.From.Span;
        try
        {
            Dispatch(instruction, span, where);
        }
        catch (DockerfileSyntaxException fault)
        {
            faults.Add(where, fault.Message, fault.Hint);
        }
    }

    private void Dispatch(Instruction instruction, SourceSpan? span, SourceSpan where)
    {
        switch (instruction)
        {
            case ArgInstruction arg:
                Declare(arg);
                break;
            case EnvInstruction env:
                Set(env);
                break;
            case RunInstruction run:
                Run(run, span, where);
                break;
            case CopyInstruction copy:
                Copy(copy, span, where);
                break;
            case WorkdirInstruction workdir:
                Workdir(workdir, span);
                break;
            case LabelInstruction label:
                Label(label);
                break;
            default:
                Configure(instruction);
                break;
        }
    }

    // The instructions that change the config alone.
    private void Configure(Instruction instruction)
    {
        switch (instruction)
        {
            case UserInstruction user:
                string name = Expand(user.User);
                Change(_config with { User = name.Length > 0 ? name : throw new DockerfileSyntaxException("USER names nobody") }, $"USER {name}");
                break;
            case ExposeInstruction expose:
                ImmutableArray<string> ports = [.. expose.Ports.SelectMany(text => _expander.ExpandWords(text, Find)).SelectMany(PortRange.Expand)];
                Change(_config with { ExposedPorts = _config.ExposedPorts.Union(ports) }, $"EXPOSE [{string.Join(' ', ports)}]");
                break;
            case VolumeInstruction volume:
                ImmutableArray<string> paths = [.. volume.Paths.Select(Expand)];
                Change(
                    !paths.Contains("") ? _config with { Volumes = _config.Volumes.Union(paths) } : throw new DockerfileSyntaxException("VOLUME names no path"),
                    $"VOLUME [{string.Join(' ', paths)}]");
                break;
            case EntrypointInstruction entrypoint:
                ImmutableArray<string> program = InShell(entrypoint.Command);
                Change(_config with { Entrypoint = program.IsEmpty ? null : program, Cmd = _hasCommand ? _config.Cmd : null }, $"ENTRYPOINT {InstructionText.List(program)}");
                break;
            case CmdInstruction command:
                _hasCommand = true;
                ImmutableArray<string> arguments = InShell(command.Command);
                Change(_config with { Cmd = arguments.IsEmpty ? null : arguments }, $"CMD {InstructionText.List(arguments)}");
                break;
            case ShellInstruction shell:
                Change(_config with { Shell = shell.Arguments }, $"SHELL [{string.Join(' ', shell.Arguments)}]");
                break;
            case StopSignalInstruction signal:
                string value = Expand(signal.Signal);
                Change(_config with { StopSignal = SignalName.Check(value) }, $"STOPSIGNAL {value}");
                break;
            case HealthcheckInstruction healthcheck:
                Change(_config with { Healthcheck = healthcheck.Healthcheck }, healthcheck.Original);
                break;
            case OnBuildInstruction trigger:
                Change(_config with { OnBuild = _config.OnBuild.Add(trigger.Trigger) }, $"ONBUILD {trigger.Trigger}");
                break;
            case MaintainerInstruction maintainer:
                Change(_config with { Author = maintainer.Name }, $"MAINTAINER {maintainer.Name}");
                break;
            default:
                throw new DockerfileSyntaxException($"{instruction.Original} cannot stand here");
        }
    }

    private void Declare(ArgInstruction instruction)
    {
        foreach (NameValue argument in instruction.Arguments)
        {
            string? value = global.ValueInStage(argument.Name, () => argument.Value is null ? null : Expand(argument.Value));
            _argumentOrder.Remove(argument.Name);
            if (value is not null)
            {
                _arguments[argument.Name] = value;
                _argumentOrder.Add(argument.Name);
            }
        }

        Note("ARG " + string.Join(' ', instruction.Arguments.Select(argument =>
            _arguments.TryGetValue(argument.Name, out string? value) ? $"{argument.Name}={value}" : argument.Name)));
    }

    // All values are replaced with what held before the instruction.
    private void Set(EnvInstruction instruction)
    {
        ImmutableArray<NameValue> values = ExpandAll(instruction.Variables);
        ImageConfig changed = values.Aggregate(_config, (current, variable) => current.WithEnv(variable.Name, variable.Value!));
        Change(changed, "ENV " + string.Join(' ', values.Select(variable => $"{variable.Name}={variable.Value}")));
    }

    private void Label(LabelInstruction instruction)
    {
        ImmutableArray<NameValue> values = ExpandAll(instruction.Labels);
        Change(
            _config with { Labels = _config.Labels.SetItems(values.Select(label => KeyValuePair.Create(label.Name, label.Value!))) },
            "LABEL " + string.Join(' ', values.Select(label => $"{label.Name}={label.Value}")));
    }

    private ImmutableArray<NameValue> ExpandAll(ImmutableArray<NameValue> values)
    {
        ImmutableArray<NameValue> expanded = [.. values.Select(value => new NameValue(Expand(value.Name), Expand(value.Value ?? "")))];
        return expanded.All(value => value.Name.Length > 0) ? expanded : throw new DockerfileSyntaxException("a name is empty after its variables were replaced");
    }

    private void Run(RunInstruction instruction, SourceSpan? span, SourceSpan where)
    {
        (ImmutableArray<string> arguments, ScriptFile? script) = RunCommand.Of(instruction, _config.Shell ?? DefaultShell, escape);
        ImmutableArray<string> declared = [.. _argumentOrder.Where(name => !HasEnv(name) && !GlobalScope.Proxies.Contains(name)).Select(name => $"{name}={_arguments[name]}")];
        ImmutableArray<string> proxies =
            [.. GlobalScope.Proxies.Select(name => (name, value: global.ValueInStage(name, () => null))).Where(proxy => proxy.value is not null).Select(proxy => $"{proxy.name}={proxy.value}")];
        _steps.Add(new RunStep(arguments, _config.Env.AddRange(declared), proxies, _config.User, DirectoryOf(_config), instruction.Network != "none")
        {
            Instruction = instruction.Original,
            Span = span,
            Script = script,
            Mounts = Mounts(instruction, where),
            IsInsecure = instruction.IsInsecure,
        });
        string counted = declared.IsEmpty ? "" : $"|{declared.Length} {string.Join(' ', declared)} ";
        Note($"RUN {counted}{string.Join(' ', arguments)}", emptyLayer: false);
    }

    private ImmutableArray<PlannedMount> Mounts(RunInstruction instruction, SourceSpan where)
    {
        ImmutableArray<PlannedMount>.Builder mounts = ImmutableArray.CreateBuilder<PlannedMount>();
        foreach (string text in instruction.Mounts)
        {
            RunMount mount = RunMountReader.Read(text, value => Expand(value));
            CopyOrigin? origin = mount.From is { } from ? graph.OriginOf(from, stage.Index, where) : mount.Kind == RunMountKind.Bind ? new CopyOrigin.Context() : null;
            mounts.Add(MountPlanner.Plan(mount, origin, DirectoryOf(_config), mounts.Count(earlier => earlier.Mount.Kind == RunMountKind.Ssh)));
        }

        return mounts.ToImmutable();
    }

    private void Copy(CopyInstruction instruction, SourceSpan? span, SourceSpan where)
    {
        CopyOrigin? origin = instruction.From is { } from ? graph.OriginOf(from, stage.Index, where) : new CopyOrigin.Context();
        ImmutableArray<string> sources = [.. instruction.Sources.Select(source => Expand(source) is { Length: > 0 } given ? given : ".")];
        ImmutableArray<InlineFile> files =
            [.. instruction.Heredocs.Select(heredoc => new InlineFile(heredoc.Name, heredoc.Expand ? ExpandHeredoc(heredoc.Text) : heredoc.Text))];
        string written = Expand(instruction.Destination);
        string destination = ImagePath.Resolve(DirectoryOf(_config), written);
        string? owner = instruction.Owner is { } chown ? Expand(chown) : null;
        if (written.Length == 0)
        {
            throw new DockerfileSyntaxException("the destination is empty after its variables were replaced");
        }

        if (sources.Length + files.Length > 1 && !destination.EndsWith('/'))
        {
            throw new DockerfileSyntaxException("with several sources the destination must be a directory", $"end it with a slash: {written}/");
        }

        if (origin is null)
        {
            return;
        }

        _steps.Add(new CopyStep(sources, destination, origin, files)
        {
            Instruction = instruction.Original,
            Span = span,
            IsAdd = instruction.IsAdd,
            Owner = owner,
            Mode = instruction.Mode is { } mode ? ModeChange.Parse(Expand(mode)) : null,
            Checksum = instruction.Checksum is { } checksum ? Expand(checksum) : null,
            Excludes = [.. instruction.Excludes.Select(Expand)],
            KeepsParents = instruction.KeepsParents,
            KeepsGitDirectory = instruction.KeepsGitDirectory,
            Unpacks = instruction.Unpacks,
        });
        string flags = (instruction.From is null ? "" : $"--from={instruction.From} ") + (owner is null ? "" : $"--chown={owner} ") + (instruction.Mode is null ? "" : $"--chmod={instruction.Mode} ");
        Note($"{(instruction.IsAdd ? "ADD" : "COPY")} {flags}{string.Join(' ', [.. sources, .. files.Select(file => "<<" + file.Name)])} {written}", emptyLayer: false);
    }

    private void Workdir(WorkdirInstruction instruction, SourceSpan? span)
    {
        string written = Expand(instruction.Path);
        string path = ImagePath.Clean(ImagePath.Resolve(DirectoryOf(_config), written.Length > 0 ? written : throw new DockerfileSyntaxException("WORKDIR names no path")));

        // BuildKit keeps an absolute path as it was written, with its slashes.
        _config = _config with { WorkingDir = written.StartsWith('/') ? written : path };
        if (path != "/")
        {
            _steps.Add(new WorkdirStep(path, _config.User) { Instruction = instruction.Original, Span = span });
        }

        Note($"WORKDIR {path}", emptyLayer: path == "/");
    }

    private ImmutableArray<string> InShell(CommandLine command) =>
        command.Shell && !command.Arguments.IsEmpty ? [.. _config.Shell ?? DefaultShell, .. command.Arguments] : command.Arguments;

    private void Change(ImageConfig changed, string history)
    {
        _config = changed;
        Note(history);
    }

    private void Note(string text, bool emptyLayer = true) =>
        _config = _config with { History = _config.History.Add(new(created, text, null, null, emptyLayer)) };

    private string Expand(string word) => _expander.ExpandWord(word, Find);

    // In a here-document quotes are text, so only variables are replaced.
    private string ExpandHeredoc(string text) => new HeredocExpander(escape).Expand(text, Find);

    private string? Find(string name) => EnvValue(name) ?? _arguments.GetValueOrDefault(name);

    private bool HasEnv(string name) => EnvValue(name) is not null;

    private string? EnvValue(string name)
    {
        string prefix = name + "=";
        return _config.Env.FirstOrDefault(entry => entry.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
    }

    private static string DirectoryOf(ImageConfig config) => config.WorkingDir.Length > 0 ? config.WorkingDir : "/";
}
