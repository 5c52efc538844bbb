# One image for all of the gateway's programs: `docker build --build-arg PROGRAM=Silo .` (Silo, Frontend or Standalone).
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG PROGRAM=Frontend
WORKDIR /source
COPY . .
RUN dotnet publish "src/${PROGRAM}" -c Release -o /app -p:RunAnalyzers=false -p:UseAppHost=false \
 && ln -s "AiGateway.${PROGRAM}.dll" /app/program.dll

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /work
COPY --from=build /app /app
# Nothing is written to the file system: state is in Redis, configuration is mounted.
ENV DOTNET_EnableDiagnostics=0 \
    ASPNETCORE_HTTP_PORTS=
USER 1654:1654
ENTRYPOINT ["dotnet", "/app/program.dll"]
