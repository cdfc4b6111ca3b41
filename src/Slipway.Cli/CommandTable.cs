using Slipway.Cli.Branches;
using Slipway.Cli.Builds;
using Slipway.Cli.Commits;
using Slipway.Cli.Containers;
using Slipway.Cli.Data;
using Slipway.Cli.DataProjects;
using Slipway.Cli.Images;
using Slipway.Cli.Jobs;
using Slipway.Cli.Keys;
using Slipway.Cli.Maintenance;
using Slipway.Cli.Merging;
using Slipway.Cli.Pipelines;
using Slipway.Cli.Projects;
using Slipway.Cli.Registries;
using Slipway.Cli.Servers;
using Slipway.Cli.Transactions;
using Slipway.Cli.Worktrees;

namespace Slipway.Cli;

/// <summary>All commands, in the order of the overview.</summary>
internal static class CommandTable
{
    public static IReadOnlyList<CommandEntry> Entries { get; } =
    [
        new("up", "Bring a project (slipway.yaml) to what it says", CommandGroup.Project, static () => new UpCommand()),
        new("graph", "Draw how data flows through repos and pipelines", CommandGroup.Project, static () => new GraphCommand()),
        new("lineage", "Show the data, code and image that made a file", CommandGroup.Project, static () => new LineageCommand()),
        new("wait", "Wait for all that a commit causes", CommandGroup.Project, static () => new WaitCommand()),

        new("project create", "Make a project for repos, encrypted or not", CommandGroup.Data, static () => new DataProjectCreateCommand()),
        new("project ls", "List projects", CommandGroup.Data, static () => new DataProjectListCommand()),
        new("project inspect", "Show a project and its keys", CommandGroup.Data, static () => new DataProjectInspectCommand()),
        new("project rotate", "Seal new data of a project with a new key", CommandGroup.Data, static () => new DataProjectRotateCommand()),
        new("project rewrap", "Change the master key", CommandGroup.Data, static () => new DataProjectRewrapCommand()),
        new("repo create", "Create a repo for data", CommandGroup.Data, static () => new RepoCreateCommand()),
        new("repo ls", "List repos", CommandGroup.Data, static () => new RepoListCommand("ls")),
        new("repo inspect", "Show a repo and its branches", CommandGroup.Data, static () => new RepoInspectCommand()),
        new("repo rename", "Give a repo another name", CommandGroup.Data, static () => new RepoRenameCommand()),
        new("repo rm", "Delete a repo and its history", CommandGroup.Data, static () => new RepoRemoveCommand()),
        new("branch create", "Create a branch, at a commit or empty", CommandGroup.Data, static () => new BranchCreateCommand()),
        new("branch ls", "List the branches of a repo", CommandGroup.Data, static () => new BranchListCommand()),
        new("branch inspect", "Show a branch, its head and its trigger", CommandGroup.Data, static () => new BranchInspectCommand()),
        new("branch move", "Move a branch to another commit", CommandGroup.Data, static () => new BranchMoveCommand()),
        new("branch rename", "Give a branch another name", CommandGroup.Data, static () => new BranchRenameCommand()),
        new("branch rm", "Delete branches; their commits stay", CommandGroup.Data, static () => new BranchRemoveCommand()),
        new("commit start", "Open a commit to put many files into", CommandGroup.Data, static () => new CommitStartCommand()),
        new("commit finish", "Finish an open commit", CommandGroup.Data, static () => new CommitFinishCommand()),
        new("commit ls", "List the commits of a repo", CommandGroup.Data, static () => new CommitListCommand("ls")),
        new("commit inspect", "Show a commit", CommandGroup.Data, static () => new CommitInspectCommand()),
        new("commit squash", "Make one commit of the last ones of a branch", CommandGroup.Data, static () => new CommitSquashCommand()),
        new("commit drop", "Take a commit away, open or finished", CommandGroup.Data, static () => new CommitDropCommand()),
        new("commit tag", "Name a commit for good", CommandGroup.Data, static () => new CommitTagCommand()),
        new("commit tags", "List the tags of a repo", CommandGroup.Data, static () => new CommitTagsCommand()),
        new("commit untag", "Delete tags; their commits stay", CommandGroup.Data, static () => new CommitUntagCommand()),
        new("transaction begin", "Open a transaction over several repos", CommandGroup.Data, static () => new TransactionBeginCommand()),
        new("transaction ls", "List the open transactions", CommandGroup.Data, static () => new TransactionListCommand()),
        new("transaction finish", "Make all of a transaction visible at once", CommandGroup.Data, static () => new TransactionFinishCommand()),
        new("transaction drop", "Abandon transactions", CommandGroup.Data, static () => new TransactionDropCommand()),
        new("merge", "Merge a branch into another, path by path", CommandGroup.Data, static () => new MergeCommand()),
        new("revert", "Undo what one commit changed, in a new commit", CommandGroup.Data, static () => new RevertCommand()),
        new("put", "Put files into a repo", CommandGroup.Data, static () => new PutCommand()),
        new("get", "Get files out of a repo", CommandGroup.Data, static () => new GetCommand()),
        new("cat", "Print files of a repo", CommandGroup.Data, static () => new CatCommand()),
        new("ls", "List files of a repo", CommandGroup.Data, static () => new ListCommand()),
        new("glob", "List what a glob pattern matches", CommandGroup.Data, static () => new GlobCommand()),
        new("diff", "Show the files that differ between two commits", CommandGroup.Data, static () => new DiffCommand()),
        new("status", "Show how a folder differs from a commit", CommandGroup.Data, static () => new StatusCommand()),
        new("checkout", "Bring a folder to a commit, to work in", CommandGroup.Data, static () => new CheckoutCommand()),
        new("checkin", "Commit what was changed in such a folder", CommandGroup.Data, static () => new CheckinCommand()),
        new("find", "List the commits that touched a path", CommandGroup.Data, static () => new FindCommand()),
        new("log", "Show the history of a repo", CommandGroup.Data, static () => new CommitListCommand("log")),
        new("cp", "Copy files within and between repos; no bytes move", CommandGroup.Data, static () => new FileCopyCommand(move: false)),
        new("mv", "Move files within a branch", CommandGroup.Data, static () => new FileCopyCommand(move: true)),
        new("file rm", "Remove files from a repo", CommandGroup.Data, static () => new FileRemoveCommand()),

        new("pipeline create", "Create pipelines from specifications", CommandGroup.Pipelines, static () => new PipelinePutCommand(update: false)),
        new("pipeline update", "Create pipelines or bring them up to date", CommandGroup.Pipelines, static () => new PipelinePutCommand(update: true)),
        new("pipeline ls", "List pipelines", CommandGroup.Pipelines, static () => new PipelineListCommand()),
        new("pipeline inspect", "Show a pipeline and its specification", CommandGroup.Pipelines, static () => new PipelineInspectCommand()),
        new("pipeline rm", "Delete a pipeline", CommandGroup.Pipelines, static () => new PipelineRemoveCommand()),
        new("pipeline graph", "Draw how data flows through repos and pipelines", CommandGroup.Pipelines, static () => new GraphCommand()),
        new("job ls", "List jobs", CommandGroup.Pipelines, static () => new JobListCommand()),
        new("job inspect", "Show a job and its datums", CommandGroup.Pipelines, static () => new JobInspectCommand()),
        new("job kill", "Stop a job", CommandGroup.Pipelines, static () => new JobKillCommand()),
        new("job wait", "Wait until a job is done", CommandGroup.Pipelines, static () => new JobWaitCommand()),

        new("build", "Build an image from a Dockerfile", CommandGroup.Images, static () => new BuildCommand()),
        new("build prune", "Remove cached build steps and cache mounts", CommandGroup.Images, static () => new BuildPruneCommand()),
        new("images", "List images", CommandGroup.Images, static () => new ImageListCommand("images")),
        new("pull", "Bring an image from a registry", CommandGroup.Images, static () => new PullCommand()),
        new("push", "Bring an image to a registry", CommandGroup.Images, static () => new PushCommand()),
        new("login", "Remember who you are to a registry", CommandGroup.Images, static () => new LoginCommand()),
        new("logout", "Forget who you are to a registry", CommandGroup.Images, static () => new LogoutCommand()),
        new("save", "Write images into a tar", CommandGroup.Images, static () => new ImageSaveCommand("save")),
        new("load", "Read images from a tar", CommandGroup.Images, static () => new ImageLoadCommand("load")),
        new("tag", "Give an image another name", CommandGroup.Images, static () => new ImageTagCommand()),
        new("rmi", "Remove images", CommandGroup.Images, static () => new ImageRemoveCommand("rmi")),
        new("image import", "Make an image from a root file system", CommandGroup.Images, static () => new ImageImportCommand()),
        new("image ls", "List images", CommandGroup.Images, static () => new ImageListCommand("ls")),
        new("image inspect", "Show an image", CommandGroup.Images, static () => new ImageInspectCommand()),
        new("image history", "Show the instructions that made an image", CommandGroup.Images, static () => new ImageHistoryCommand()),
        new("image diff", "Show the files in which two images differ", CommandGroup.Images, static () => new ImageDiffCommand()),
        new("image provenance", "Print what an image was built from", CommandGroup.Images, static () => new ImageProvenanceCommand()),
        new("image sbom", "List the packages in an image", CommandGroup.Images, static () => new ImageSbomCommand()),
        new("image copy", "Bring an image from one registry to another", CommandGroup.Images, static () => new ImageCopyCommand()),
        new("image tag", "Give an image another name", CommandGroup.Images, static () => new ImageTagCommand()),
        new("image rm", "Remove images", CommandGroup.Images, static () => new ImageRemoveCommand("rm")),
        new("image prune", "Remove images that nothing uses", CommandGroup.Images, static () => new ImagePruneCommand()),
        new("image save", "Write images into a tar", CommandGroup.Images, static () => new ImageSaveCommand("save")),
        new("image load", "Read images from a tar", CommandGroup.Images, static () => new ImageLoadCommand("load")),
        new("image export", "Write an image's files into a tar", CommandGroup.Images, static () => new ImageExportCommand()),

        new("run", "Run a command in a new container", CommandGroup.Containers, static () => new RunCommand()),
        new("ps", "List containers", CommandGroup.Containers, static () => new PsCommand()),
        new("logs", "Print the output of a container or a job", CommandGroup.Containers, static () => new LogsCommand()),
        new("exec", "Run a command in a running container", CommandGroup.Containers, static () => new ExecCommand()),
        new("inspect", "Show a container", CommandGroup.Containers, static () => new InspectCommand()),
        new("start", "Start containers again", CommandGroup.Containers, static () => new StartCommand()),
        new("stop", "Stop containers", CommandGroup.Containers, static () => new StopCommand()),
        new("kill", "Send a signal to containers", CommandGroup.Containers, static () => new KillCommand()),
        new("rm", "Remove containers", CommandGroup.Containers, static () => new RemoveCommand()),

        new("gc", "Remove what nothing needs any more", CommandGroup.Server, static () => new CollectCommand()),
        new("verify", "Read stored bytes again and name what is damaged", CommandGroup.Server, static () => new VerifyCommand()),
        new("du", "Show how much room repos and commits take", CommandGroup.Server, static () => new UsageCommand()),
        new("system df", "Show what takes how much room", CommandGroup.Server, static () => new SystemUsageCommand()),
        new("purge", "Remove content from all history", CommandGroup.Server, static () => new PurgeCommand()),
        new("purge list", "Show what was purged, when, by whom and why", CommandGroup.Server, static () => new PurgeListCommand()),
        new("purge allow", "Let bytes that were purged be put again", CommandGroup.Server, static () => new PurgeAllowCommand()),
        new("retention set", "Say how long a branch keeps the files of its commits", CommandGroup.Server, static () => new RetentionSetCommand()),
        new("retention ls", "List the retention of branches", CommandGroup.Server, static () => new RetentionListCommand()),
        new("retention inspect", "Show which commits lose their files next", CommandGroup.Server, static () => new RetentionInspectCommand()),
        new("retention rm", "Let a branch keep everything again", CommandGroup.Server, static () => new RetentionRemoveCommand()),
        new("key create", "Make an access key for the TCP port and S3", CommandGroup.Server, static () => new KeyCreateCommand()),
        new("key ls", "List access keys", CommandGroup.Server, static () => new KeyListCommand()),
        new("key rm", "Delete an access key", CommandGroup.Server, static () => new KeyRemoveCommand()),
        new("serve", "Run the server in this terminal", CommandGroup.Server, static () => new ServeCommand()),
        new("daemon status", "Say whether the local server runs", CommandGroup.Server, static () => new DaemonStatusCommand()),
        new("daemon stop", "Stop the local server", CommandGroup.Server, static () => new DaemonStopCommand()),
        new("info", "Show the server, its runtime and its store", CommandGroup.Server, static () => new InfoCommand()),
        new("version", "Show the versions of client and server", CommandGroup.Server, static () => new VersionCommand()),
        new("completion", "Print a completion script for a shell", CommandGroup.Server, static () => new CompletionCommand()),
    ];

    /// <summary>Other words for a first word, which people bring along.</summary>
    private static readonly string[][] Synonyms =
    [
        ["list", "ls"], ["delete", "rm"], ["delete", "drop"], ["remove", "rm"], ["repos", "repo"], ["branches", "branch"], ["pipelines", "pipeline"], ["jobs", "job"], ["commits", "commit"],
    ];

    /// <summary>The command that the first words name, and how many words did; null when none does.</summary>
    public static (CommandEntry Entry, int Words)? Find(IReadOnlyList<string> words)
    {
        CommandEntry? single = null;
        foreach (CommandEntry entry in Entries)
        {
            int space = entry.Path.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0)
            {
                single = single is null && words.Count > 0 && entry.Path == words[0] ? entry : single;
            }
            else if (words.Count > 1 && Is(entry.Path.AsSpan(0, space), words[0]) && Is(entry.Path.AsSpan(space + 1), words[1]))
            {
                return (entry, 2);
            }
        }

        return single is null ? null : (single, 1);
    }

    /// <summary>The commands below a word such as "repo"; empty when it is none.</summary>
    public static IReadOnlyList<CommandEntry> Below(string word)
    {
        List<CommandEntry> found = [];
        foreach (CommandEntry entry in Entries)
        {
            int space = entry.Path.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && Is(entry.Path.AsSpan(0, space), word))
            {
                found.Add(entry);
            }
        }

        return found;
    }

    private static bool Is(ReadOnlySpan<char> name, string word)
    {
        if (name.SequenceEqual(word))
        {
            return true;
        }

        foreach (string[] synonym in Synonyms)
        {
            if (word == synonym[0] && name.SequenceEqual(synonym[1]))
            {
                return true;
            }
        }

        return false;
    }
}
