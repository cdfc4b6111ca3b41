namespace Slipway.Api;

/// <summary>
/// Every path of the public API, in one place: the daemon maps these constants and the client asks for them. Names that may hold a slash
/// (images, repos, pipelines, file references, job ids) travel in the query, container ids in the path. Lists are JSON arrays; a stream is NDJSON
/// (one record a line) of <c>application/x-ndjson</c>, whose last line is a <see cref="StreamFailure"/> where it failed midway; every failure is a <see cref="ProblemDetails"/> of <c>application/problem+json</c>.
/// </summary>
public static class Routes
{
    public const string Root = "/api/v1";

    // ---- the server

    /// <summary>GET → <see cref="VersionInfo"/>. Also the answer to "is a server there?": it touches no store.</summary>
    public const string Version = Root + "/version";

    /// <summary>GET → <see cref="ServerInfo"/>.</summary>
    public const string Info = Root + "/info";

    /// <summary>POST, no body → 202. The server finishes what it answers and leaves; containers stay.</summary>
    public const string Shutdown = Root + "/shutdown";

    /// <summary>GET with <c>Upgrade: slipway-command</c>, then a <see cref="CommandCall"/> after its length, then frames of <see cref="CommandChannel"/>: the server carries out a
    /// command line of ours for a client of its own user over its unix socket. No API for others: a client of another build is declined.</summary>
    public const string Command = Root + "/command";

    // ---- images

    /// <summary>GET → <see cref="ImageSummary"/>[], newest first. DELETE ?image=&amp;force= → <see cref="RemovedImage"/>.</summary>
    public const string Images = Root + "/images";

    /// <summary>GET ?image= → <see cref="ImageDetails"/>.</summary>
    public const string ImageInspect = Root + "/images/inspect";

    /// <summary>GET ?image= → <see cref="ImageFound"/>; 404 where no image has that name.</summary>
    public const string ImageFind = Root + "/images/find";

    /// <summary>POST ?all= → <see cref="PrunedImages"/>.</summary>
    public const string ImagePrune = Root + "/images/prune";

    /// <summary>GET ?image=&amp;type= → the newest document of that artifact type that is about an image, as it was written.</summary>
    public const string ImageReferrer = Root + "/images/referrer";

    /// <summary>GET ?image= → the packages that an image's files hold, as an SPDX document in JSON.</summary>
    public const string ImageSbom = Root + "/images/sbom";

    /// <summary>POST <see cref="TagImageRequest"/> → <see cref="ImageSummary"/>.</summary>
    public const string ImageTag = Root + "/images/tag";

    /// <summary>POST <see cref="TransferImageRequest"/> → stream of <see cref="TransferImageProgress"/>.</summary>
    public const string ImagePull = Root + "/images/pull";

    /// <summary>POST <see cref="TransferImageRequest"/> → stream of <see cref="TransferImageProgress"/>.</summary>
    public const string ImagePush = Root + "/images/push";

    /// <summary>POST <see cref="RegistryLoginRequest"/> → 204: the registry accepts that name and password. Nothing is kept.</summary>
    public const string RegistryLogin = Root + "/registries/login";

    /// <summary>POST, body a tar of a root file system (plain or gzip), header <see cref="OptionsHeader"/> = <see cref="ImportImageOptions"/> →
    /// <see cref="ImageSummary"/>.</summary>
    public const string ImageImport = Root + "/images/import";

    /// <summary>GET ?image= → a tar of the files that all its layers together show.</summary>
    public const string ImageFiles = Root + "/images/files";

    /// <summary>GET ?from=&amp;to= → <see cref="ImageFileChange"/>[], in the order of their paths.</summary>
    public const string ImageDiff = Root + "/images/diff";

    /// <summary>GET ?image= (several) → a tar that is an OCI image layout and docker's archive in one. POST, body such a tar, plain or gzip → <see cref="LoadedImage"/>[].</summary>
    public const string ImageArchive = Root + "/images/archive";

    /// <summary>POST <see cref="LocalSource"/> → stream of <see cref="LocalLoadProgress"/>: the server reads such a tar itself, for a process of its own user over its
    /// unix socket.</summary>
    public const string ImageArchiveLocal = Root + "/images/archive/local";

    /// <summary>POST, body a context tar (see <see cref="BuildContextFormat"/>), header <see cref="OptionsHeader"/> = <see cref="BuildOptions"/> →
    /// stream of <see cref="BuildProgress"/>, whose last record is a result or a failure.</summary>
    public const string Build = Root + "/build";

    /// <summary>POST <see cref="LocalBuildRequest"/> → the same stream: the server reads the context's folder itself, for a process of its own user over its unix
    /// socket. To anybody else it says <see cref="BuildDeclined"/>, and nothing more.</summary>
    public const string BuildLocal = Root + "/build/local";

    // ---- containers

    /// <summary>GET ?all= → <see cref="ContainerSummary"/>[]. POST <see cref="CreateContainerRequest"/> ?start= → <see cref="ContainerCreated"/>.</summary>
    public const string Containers = Root + "/containers";

    /// <summary>WebSocket: text frame <see cref="CreateContainerRequest"/>, then frames of <see cref="Channel"/>: create, attach, start and wait in one
    /// round trip.</summary>
    public const string ContainerRun = Root + "/containers/run";

    /// <summary>GET → <see cref="ContainerDetails"/>. DELETE ?force= → 204.</summary>
    public const string ContainerOne = Root + "/containers/{id}";

    /// <summary>POST → 204.</summary>
    public const string ContainerStart = Root + "/containers/{id}/start";

    /// <summary>POST ?signal= (name or number, default KILL) → 204.</summary>
    public const string ContainerKill = Root + "/containers/{id}/kill";

    /// <summary>POST ?timeout= (seconds, default 10) → 204.</summary>
    public const string ContainerStop = Root + "/containers/{id}/stop";

    /// <summary>GET → <see cref="ExitReport"/>, once the container has ended.</summary>
    public const string ContainerWait = Root + "/containers/{id}/wait";

    /// <summary>GET ?follow=&amp;tail= → stream of <see cref="LogRecord"/>.</summary>
    public const string ContainerLogs = Root + "/containers/{id}/logs";

    /// <summary>WebSocket ?start=: frames of <see cref="Channel"/>; with start=true the container starts once we are attached.</summary>
    public const string ContainerAttach = Root + "/containers/{id}/attach";

    /// <summary>WebSocket: text frame <see cref="ExecRequest"/>, then frames of <see cref="Channel"/>.</summary>
    public const string ContainerExec = Root + "/containers/{id}/exec";

    // ---- data

    /// <summary>GET ?after=&amp;limit= → <see cref="RepoInfo"/>[] by name, those after a name. POST <see cref="CreateRepoRequest"/> → <see cref="RepoInfo"/>. DELETE ?repo=&amp;force= → 204.</summary>
    public const string Repos = Root + "/repos";

    /// <summary>GET ?repo= → <see cref="RepoInfo"/>, with its branches.</summary>
    public const string RepoInspect = Root + "/repos/inspect";

    /// <summary>GET ?repo=&amp;after=&amp;limit= → <see cref="BranchInfo"/>[]. POST <see cref="CreateBranchRequest"/> → <see cref="BranchInfo"/>. DELETE ?at=repo@branch → 204.</summary>
    public const string Branches = Root + "/branches";

    /// <summary>GET ?at=repo@branch → <see cref="BranchInfo"/>.</summary>
    public const string BranchInspect = Root + "/branches/inspect";

    /// <summary>POST <see cref="MoveBranchRequest"/> → <see cref="BranchInfo"/>.</summary>
    public const string BranchMove = Root + "/branches/move";

    /// <summary>POST <see cref="RenameBranchRequest"/> → <see cref="BranchInfo"/>.</summary>
    public const string BranchRename = Root + "/branches/rename";

    /// <summary>GET ?repo=&amp;after=&amp;limit= → <see cref="TagInfo"/>[]. POST <see cref="CreateTagRequest"/> → <see cref="TagInfo"/>. DELETE ?at=repo@tag → 204.</summary>
    public const string Tags = Root + "/tags";

    /// <summary>GET ?repo=&amp;branch=&amp;after=&amp;limit= → <see cref="CommitInfo"/>[], newest first (behind the commit `after`), with open and failed ones; branch may be any revision, from which the
    /// history then begins; or ?id= (a global id) → the commits
    /// that share it. POST <see cref="StartCommitRequest"/> → the open <see cref="CommitInfo"/>. DELETE ?at=repo@id → 204: drops an open commit.</summary>
    public const string Commits = Root + "/commits";

    /// <summary>POST <see cref="FinishCommitRequest"/> → <see cref="CommitInfo"/>.</summary>
    public const string CommitFinish = Root + "/commits/finish";

    /// <summary>GET ?at=repo@revision → <see cref="CommitInfo"/>.</summary>
    public const string CommitInspect = Root + "/commits/inspect";

    /// <summary>POST <see cref="DropCommitRequest"/> → <see cref="DropInfo"/>. Fails, naming it, where something depends on the commit.</summary>
    public const string CommitDrop = Root + "/commits/drop";

    /// <summary>POST <see cref="SquashRequest"/> → <see cref="SquashInfo"/>.</summary>
    public const string CommitSquash = Root + "/commits/squash";

    /// <summary>POST <see cref="RenameRepoRequest"/> → <see cref="RepoInfo"/>.</summary>
    public const string RepoRename = Root + "/repos/rename";

    /// <summary>GET → <see cref="TransactionInfo"/>[] of the open ones. POST <see cref="BeginTransactionRequest"/> → <see cref="TransactionInfo"/>. DELETE ?id= → 204.</summary>
    public const string Transactions = Root + "/transactions";

    /// <summary>POST ?id= → <see cref="FinishedTransaction"/>: all of it is visible from then on; or, on a conflict, nothing.</summary>
    public const string TransactionFinish = Root + "/transactions/finish";

    /// <summary>POST <see cref="FinishCommitsRequest"/> → <see cref="CommitInfo"/>[]: all of them or none.</summary>
    public const string CommitFinishAll = Root + "/commits/finish-all";

    /// <summary>POST <see cref="MergeRequest"/> → <see cref="MergeInfo"/>. A conflict is an answer; then nothing changed.</summary>
    public const string Merge = Root + "/merge";

    /// <summary>POST <see cref="RevertRequest"/> → <see cref="MergeInfo"/>.</summary>
    public const string Revert = Root + "/revert";

    /// <summary>PUT ?at=repo@branch:/path&amp;message=&amp;author=&amp;executable=&amp;append=, body the bytes → <see cref="PutResult"/>. A branch makes a commit of its own;
    /// an open commit's id adds to it. GET ?at= (Range honoured) → the bytes. HEAD ?at= → length and ETag (the digest).
    /// DELETE ?at=&amp;message=&amp;author= → <see cref="PutResult"/>: removes a file or a folder.</summary>
    public const string Files = Root + "/files";

    /// <summary>POST ?at=repo@branch:/base&amp;message=&amp;author=&amp;replace=, body a tar → <see cref="PutResult"/>; replace=true removes what stood at base
    /// first. GET ?at= → a tar of the folder (or file), its names relative to it.</summary>
    public const string FilesTar = Root + "/files/tar";

    /// <summary>POST <see cref="LocalPutRequest"/> ?at=repo@branch:/base&amp;message=&amp;author=&amp;replace=&amp;append= → stream of <see cref="LocalPutProgress"/>: the server reads the
    /// sources itself. Over the unix socket only, and only for the user that the server runs as; else it declines.</summary>
    public const string FilesLocal = Root + "/files/local";

    /// <summary>POST <see cref="LocalGetRequest"/> ?at=repo@revision:/folder → stream of <see cref="LocalGetProgress"/>: the server writes the folder's files itself.
    /// For whom it does, see <see cref="FilesLocal"/>.</summary>
    public const string FilesLocalGet = Root + "/files/local/get";

    /// <summary>POST <see cref="LocalSource"/> ?at=repo@revision:/folder → stream of <see cref="LocalStatusProgress"/>: the server compares a folder itself.</summary>
    public const string FilesLocalStatus = Root + "/files/local/status";

    /// <summary>POST <see cref="LocalCheckoutRequest"/> ?at=repo@revision:/folder → stream of <see cref="LocalCheckoutProgress"/>: the server brings a folder to a commit.</summary>
    public const string FilesLocalCheckout = Root + "/files/local/checkout";

    /// <summary>POST <see cref="EditFilesRequest"/> ?at=repo@branch&amp;message=&amp;author= → <see cref="PutResult"/>: copies and removals as one commit. No
    /// bytes move where both repos share a store.</summary>
    public const string FilesEdit = Root + "/files/edit";

    /// <summary>GET ?at=repo@revision:/folder&amp;recursive=&amp;after=&amp;limit= → stream of <see cref="FileEntry"/> in path order; recursive gives files and links only.
    /// Without it, <c>after</c> (a name) and <c>limit</c> give one page. With <c>targets</c> links say where they lead.</summary>
    public const string FilesList = Root + "/files/list";

    /// <summary>GET ?at=repo@revision&amp;pattern= → stream of <see cref="FileEntry"/>.</summary>
    public const string FilesGlob = Root + "/files/glob";

    /// <summary>GET ?at=repo@revision:/path&amp;limit= → stream of <see cref="FileTouch"/>, newest first: the commits that touched a path, or the files that it
    /// matches where it has the marks of a pattern and the revision has nothing of that very name.</summary>
    public const string FilesFind = Root + "/files/find";

    /// <summary>GET ?at= → <see cref="FileEntry"/>.</summary>
    public const string FileInspect = Root + "/files/inspect";

    /// <summary>GET ?from=repo@revision:/path&amp;to=repo@revision:/path&amp;facts=&amp;context= → stream of <see cref="FileChange"/>; without from: the parent of "to".</summary>
    public const string Diff = Root + "/diff";

    // ---- pipelines

    /// <summary>GET → <see cref="PipelineInfo"/>[]. POST <see cref="PutPipelinesRequest"/> → <see cref="PipelineChange"/>[] (one a pipeline in the text).
    /// DELETE ?pipeline=&amp;force=&amp;keepRepo= → 204.</summary>
    public const string Pipelines = Root + "/pipelines";

    /// <summary>GET ?pipeline= → <see cref="PipelineInfo"/>, with its specification.</summary>
    public const string PipelineInspect = Root + "/pipelines/inspect";

    /// <summary>GET ?pipeline=&amp;limit= → <see cref="JobInfo"/>[], newest first.</summary>
    public const string Jobs = Root + "/jobs";

    /// <summary>GET ?job= → <see cref="JobInfo"/>, with its datums.</summary>
    public const string JobInspect = Root + "/jobs/inspect";

    /// <summary>GET ?job=&amp;datum=&amp;follow= → stream of <see cref="JobLogRecord"/>.</summary>
    public const string JobLogs = Root + "/jobs/logs";

    /// <summary>POST ?job= → <see cref="JobInfo"/>.</summary>
    public const string JobKill = Root + "/jobs/kill";

    /// <summary>GET ?id= (a global id, or repo@revision; a branch also stands for whatever is open above and below its repo) → stream of <see cref="WaitProgress"/>: one at once, one when something changes, the last has
    /// done=true.</summary>
    public const string Wait = Root + "/wait";

    /// <summary>GET ?at=repo@revision:/path → <see cref="LineageFile"/>.</summary>
    public const string Lineage = Root + "/lineage";

    /// <summary>GET → <see cref="GraphInfo"/>.</summary>
    public const string Graph = Root + "/graph";

    /// <summary>GET → <see cref="AccessKeyInfo"/>[]. POST <see cref="CreateAccessKeyRequest"/> → <see cref="AccessKeyInfo"/> with its secret. DELETE ?id= → the key that was.</summary>
    public const string Keys = Root + "/keys";

    /// <summary>GET → <see cref="DataProjectInfo"/>[]. POST <see cref="CreateDataProjectRequest"/> → <see cref="DataProjectInfo"/>.</summary>
    public const string DataProjects = Root + "/projects";

    /// <summary>GET ?project= → <see cref="DataProjectInfo"/>.</summary>
    public const string DataProjectInspect = Root + "/projects/inspect";

    /// <summary>POST ?project=, no body → <see cref="DataProjectInfo"/>. What comes from now on is sealed with a new data key.</summary>
    public const string DataProjectRotate = Root + "/projects/rotate";

    /// <summary>POST <see cref="RewrapRequest"/> → <see cref="RewrapInfo"/>. Wraps the keys of all encrypted projects with another master key.</summary>
    public const string MasterKeyRotate = Root + "/projects/rewrap";

    /// <summary>POST <see cref="ProjectPlanRequest"/> → <see cref="ProjectPlan"/>. Changes nothing.</summary>
    public const string ProjectPlan = Root + "/projects/plan";

    // ---- the store

    /// <summary>What concerns the whole store.</summary>
    public const string Store = Root + "/store";

    /// <summary>POST <see cref="CollectRequest"/> → stream of <see cref="CollectProgress"/>, whose last record has the result.</summary>
    public const string Collect = Store + "/collect";

    /// <summary>POST <see cref="VerifyRequest"/> → stream of <see cref="VerifyProgress"/>, whose last record has the result.</summary>
    public const string Verify = Store + "/verify";

    /// <summary>GET ?digest= → the bytes of one stored blob, checked; what another server repairs itself with.</summary>
    public const string StoredBlobs = Store + "/blobs";

    /// <summary>GET ?target= (a repo: its commits; repo@revision: that commit; none: all repos) → <see cref="UsageEntry"/>[].</summary>
    public const string Usage = Store + "/usage";

    /// <summary>GET → <see cref="StoreRoomInfo"/>.</summary>
    public const string StoreRoom = Store + "/room";

    /// <summary>POST <see cref="PurgeRequest"/> → stream of <see cref="PurgeProgress"/>, whose last record has the result. GET → <see cref="PurgeInfo"/>[], newest first.</summary>
    public const string Purge = Store + "/purge";

    /// <summary>POST <see cref="AllowPurgedRequest"/> → <see cref="PurgeInfo"/>.</summary>
    public const string PurgeAllow = Store + "/purge/allow";

    /// <summary>GET → <see cref="RetentionInfo"/>[]. POST <see cref="RetentionInfo"/> → the same, with what goes next. DELETE ?at=repo@branch → 204.</summary>
    public const string Retention = Store + "/retention";

    /// <summary>GET ?at=repo@branch → <see cref="RetentionInfo"/>, with what goes next.</summary>
    public const string RetentionInspect = Store + "/retention/inspect";

    /// <summary>The request header that carries options as the base64 of their JSON, where the body is a stream.</summary>
    public const string OptionsHeader = "Slipway-Options";

    /// <summary>The path of one container: <paramref name="template"/> is one of the constants with <c>{id}</c>.</summary>
    public static string ForContainer(string template, string id) => template.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);

    /// <summary>A path with its query, escaped; pairs without a value are left out.</summary>
    public static string WithQuery(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        System.Text.StringBuilder text = new(path);
        char separator = '?';
        foreach ((string name, string? value) in query)
        {
            if (value is null)
            {
                continue;
            }

            text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return text.ToString();
    }
}
