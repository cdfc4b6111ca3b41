using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>How every record is written: camelCase, unset members left out, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(StreamFailure))]
[JsonSerializable(typeof(VersionInfo))]
[JsonSerializable(typeof(ServerInfo))]
[JsonSerializable(typeof(IReadOnlyList<ImageSummary>))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(TagImageRequest))]
[JsonSerializable(typeof(RemovedImage))]
[JsonSerializable(typeof(ImportImageOptions))]
[JsonSerializable(typeof(BuildOptions))]
[JsonSerializable(typeof(BuildProgress))]
[JsonSerializable(typeof(CreateContainerRequest))]
[JsonSerializable(typeof(ContainerCreated))]
[JsonSerializable(typeof(IReadOnlyList<ContainerSummary>))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(ExecRequest))]
[JsonSerializable(typeof(ExitReport))]
[JsonSerializable(typeof(ControlMessage))]
[JsonSerializable(typeof(LogRecord))]
[JsonSerializable(typeof(IReadOnlyList<RepoInfo>))]
[JsonSerializable(typeof(IReadOnlyList<BranchInfo>))]
[JsonSerializable(typeof(CreateRepoRequest))]
[JsonSerializable(typeof(IReadOnlyList<CommitInfo>))]
[JsonSerializable(typeof(StartCommitRequest))]
[JsonSerializable(typeof(FinishCommitRequest))]
[JsonSerializable(typeof(FileEntry))]
[JsonSerializable(typeof(IReadOnlyList<FileEntry>))]
[JsonSerializable(typeof(FileChange))]
[JsonSerializable(typeof(IReadOnlyList<FileChange>))]
[JsonSerializable(typeof(PutResult))]
[JsonSerializable(typeof(PutPipelinesRequest))]
[JsonSerializable(typeof(IReadOnlyList<PipelineChange>))]
[JsonSerializable(typeof(IReadOnlyList<PipelineInfo>))]
[JsonSerializable(typeof(IReadOnlyList<JobInfo>))]
[JsonSerializable(typeof(JobLogRecord))]
[JsonSerializable(typeof(WaitProgress))]
[JsonSerializable(typeof(LineageFile))]
[JsonSerializable(typeof(GraphInfo))]
[JsonSerializable(typeof(ProjectPlanRequest))]
[JsonSerializable(typeof(ProjectPlan))]
public sealed partial class ApiJson : JsonSerializerContext;
